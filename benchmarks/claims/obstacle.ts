/** What keeps a part of a claim from being tested. */
export interface Obstacle {
  /** The benchmark or the environments that it is about. */
  readonly about: string;
  readonly problem: string;
}

/** Tells an obstacle from what would be there without it. */
export function isObstacle(found: object): found is Obstacle {
  return "problem" in found;
}

/** As a clause, each problem once: "nas-is, nas-cg: not in the results; nas-ep: no valid launch in native". */
export function obstaclesText(obstacles: readonly Obstacle[]): string {
  return [...Map.groupBy(obstacles, ({ problem }) => problem)]
    .map(([problem, alike]) => `${[...new Set(alike.map(({ about }) => about))].join(", ")}: ${problem}`)
    .join("; ");
}

/** Which programs a benchmark needs in its places, where they may be, and where they were found. Pure. */
import type { Benchmark } from "../catalogue/benchmark.ts";
import { candidatePaths, lackText, sourceText, wantedProgram } from "../catalogue/sources.ts";
import { launcherNamed } from "../launchers/launchers.ts";
import { broughtPath } from "../sources/bring.ts";
import type { LocalProgram } from "../sources/tarball.ts";
import type { Suite } from "../suite.ts";

/** One program that must be in a place. */
export interface NeededProgram {
  /** Where it may be, the likeliest first: a name on the PATH or an absolute path. */
  readonly candidates: readonly string[];
  /** As results name it; null: it does not come from the suite's sources. */
  readonly source: string | null;
  /** What a place lacks that has none of the candidates, and how to supply it. */
  readonly lack: string;
}

/** The programs that a benchmark needs in each of its places. */
export interface NeededPrograms {
  readonly benchmark: NeededProgram;
  /** To be brought to the places before; null: it is there, or nowhere. */
  readonly brought: LocalProgram | null;
  /** What starts the ranks; null: each side is started by itself. */
  readonly starter: NeededProgram | null;
  readonly others: readonly NeededProgram[];
}

/** Programs of the suite's tarballs by benchmark, or why one can't be had. */
export type TarballPrograms = ReadonlyMap<string, LocalProgram | { readonly reason: string }>;

/** How many ranks a benchmark has on a number of places. */
export function rankCount(benchmark: Benchmark, { profile }: Suite, places: number): number {
  return benchmark.launcher === "pair" ? places : places * benchmark.scales[profile].ranksPerNode;
}

/** Names of the file of a benchmark's program in its suite; none without a program. */
export function programFiles(benchmark: Benchmark, suite: Suite, ranks: number): readonly string[] {
  const wanted = wantedProgram(benchmark, suite.sources);
  if ("reason" in wanted) return [];
  return wanted.program.files(
    ranks,
    benchmark.launcher === "pair" ? {} : benchmark.scales[suite.profile].problem,
  );
}

/** What a benchmark needs, or why it can't be had anywhere. */
export function neededPrograms(
  benchmark: Benchmark,
  suite: Suite,
  ranks: number,
  tarballs: TarballPrograms,
): NeededPrograms | { readonly reason: string } {
  const wanted = wantedProgram(benchmark, suite.sources);
  if ("reason" in wanted) return wanted;
  const { source } = wanted;
  const sizes = refusedSizes(benchmark, suite, wanted.program.sizes);
  if (sizes !== null) return { reason: `${wanted.program.name} ${sizes}` };
  const files = programFiles(benchmark, suite, ranks);
  const launcher = benchmark.launcher === "pair" ? null : launcherNamed(suite.mpi.launcher);
  const brought = source.kind === "tarball" ? tarballs.get(benchmark.name) : null;
  if (brought !== undefined && brought !== null && "reason" in brought) return brought;
  const program: NeededProgram = {
    candidates:
      source.kind === "tarball"
        ? brought === null || brought === undefined
          ? []
          : [broughtPath(brought)]
        : candidatePaths(source, files, launcher?.packageFolders ?? []),
    source: sourceText(source),
    lack: lackText(benchmark.family, source, files),
  };
  if (launcher === null) return { benchmark: program, brought: brought ?? null, starter: null, others: [] };
  const { folder } = suite.mpi;
  const ofMpi = (name: string): NeededProgram => ({
    candidates:
      folder === undefined
        ? [name, ...launcher.packageFolders.map((each) => `${each}/${name}`)]
        : [`${folder}/${name}`],
    source: null,
    lack: `no ${name}: install ${launcher.packages}, or name its folder in the suite's mpi.folder`,
  });
  const [starter, ...others] = launcher.startPrograms;
  return {
    benchmark: program,
    brought: brought ?? null,
    starter: ofMpi(starter),
    others: [...[...others, ...launcher.joinPrograms].map(ofMpi), ping],
  };
}

/** Shows before a launch that the sides reach each other. */
const ping: NeededProgram = {
  candidates: ["ping"],
  source: null,
  lack: "no ping, which shows before a launch that its sides reach each other: install iputils",
};

/** Why a program can't have the suite's sizes in one launch; null: it can. */
function refusedSizes(
  { launcher }: Benchmark,
  { sizesBytes }: Suite,
  sizes: "any" | "doubling",
): string | null {
  if (launcher === "pair" || sizes === "any" || sizesBytes === undefined) return null;
  const sorted = sizesBytes.toSorted((a, b) => a - b);
  const smallest = sorted[0] ?? 1;
  const other = sorted.find((size) => !Number.isInteger(Math.log2(size / smallest)));
  return other === undefined
    ? null
    : `measures the smallest size and its doublings, and ${other} bytes are no doubling of ${smallest}`;
}

/** The candidate that all reports have, or what is lacking; `missing` are the candidates that a place has not. */
export function foundEverywhere(
  { candidates, lack }: NeededProgram,
  missing: readonly (readonly string[])[],
): { readonly path: string } | { readonly lack: string; readonly place: number } {
  const path = candidates.find((candidate) => !missing.some((ofPlace) => ofPlace.includes(candidate)));
  if (path !== undefined) return { path };
  const place = missing.findIndex((ofPlace) => candidates.every((candidate) => ofPlace.includes(candidate)));
  return place === -1
    ? { lack: `none of ${candidates.join(", ")} that all sides have`, place: 0 }
    : { lack, place };
}

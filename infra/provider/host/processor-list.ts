/** The kernel's way to write a set of processors: `0-23,48-71` (Linux admin-guide/cputopology.rst). Pure. */
export function processorsOf(list: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [, first, last] of list.matchAll(/(\d+)(?:-(\d+))?/g)) {
    for (let cpu = Number(first); cpu <= Number(last ?? first); cpu++) found.add(cpu);
  }
  return found;
}

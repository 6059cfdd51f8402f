/** Whether the sides of an MPI launch reach each other: a launcher whose daemons can't call back hangs until its limit. */
import { readFileSync } from "node:fs";
import { inEnvironment, type Site, surroundingsSeconds } from "./launch.ts";

const script = readFileSync(new URL("./reach.sh", import.meta.url), "utf8");

/**
 * Asks the fabric addresses in both directions between the starting side and each other, all at the same time.
 * @returns a sentence on what can't be reached; null: all can
 * @throws RemoteError when a node can't be reached from here
 */
export async function unreachableReason(sites: readonly [Site, ...Site[]]): Promise<string | null> {
  const [starter, ...others] = sites;
  const ways = [{ from: starter, to: others }, ...others.map((other) => ({ from: other, to: [starter] }))];
  const failures = await Promise.all(ways.map(({ from, to }) => unreached(from, to)));
  return failures.find((failure) => failure !== null) ?? null;
}

async function unreached(from: Site, to: readonly Site[]): Promise<string | null> {
  const addresses = to.map(({ placement }) => placement.fabricAddress);
  const { stdout, exitCode } = await from.remote.run(inEnvironment(from.placement, addresses), {
    input: script,
    timeoutMs: 1000 * surroundingsSeconds,
  });
  const address = /^unreachable (\S+)$/m.exec(stdout)?.[1];
  const other = to.find(({ placement }) => placement.fabricAddress === address);
  if (other !== undefined)
    return `${sideName(from)} can't reach ${sideName(other)} at ${address} over the fabric`;
  return exitCode === 0 ? null : `${sideName(from)} did not say whether it reaches ${addresses.join(", ")}`;
}

function sideName({ placement: { node, guest } }: Site): string {
  return guest === undefined ? node : `guest ${guest} on ${node}`;
}

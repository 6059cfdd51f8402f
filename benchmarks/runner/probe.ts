/** What an environment on one node is made of: kernel, link, GIDs, programs and their digests. */
import { readFileSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import type { Placement } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { programSchema } from "./ledger.ts";

const probeScript = readFileSync(new URL("./probe.sh", import.meta.url), "utf8");
const probeTimeoutMs = 120_000;

export const probeSchema = z.strictObject({
  kernel: z.string().min(1),
  linkLayer: z.string().nullable().describe("null: there is no such device or port"),
  gids: z.array(z.strictObject({ index: z.int().min(0), gid: z.string(), type: z.string() })),
  programs: z.array(programSchema),
  missingPrograms: z.array(z.string()),
  missingTools: z.array(z.string()),
});
export type Probe = z.infer<typeof probeSchema>;

/** Reads what probe.sh printed. Throws a ZodError when it is not that. */
export function parseProbe(text: string): Probe {
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" "));
  const valuesOf = (key: string): string[][] =>
    rows.filter((row) => row[0] === key).map((row) => row.slice(1));
  return probeSchema.parse({
    kernel: valuesOf("kernel")[0]?.join(" "),
    linkLayer: valuesOf("link-layer")[0]?.join(" ") ?? null,
    gids: valuesOf("gid").map(([index, gid, ...type]) => ({
      index: Number(index),
      gid,
      type: type.join(" "),
    })),
    programs: valuesOf("program").map(([name, sha256, path, version]) => ({
      name,
      path,
      sha256,
      version: version === "-" ? null : version,
    })),
    missingPrograms: valuesOf("no-program").map(([name]) => name),
    missingTools: valuesOf("no-tool").map(([name]) => name),
  });
}

/** Runs probe.sh in a placement. Throws RemoteError when the node can't be reached, Error when the environment does not run. */
export async function probePlacement(
  remote: Remote,
  placement: Placement,
  programs: readonly string[],
): Promise<Probe> {
  const result = await remote.run(
    [
      ...placement.commandPrefix,
      ...["sh", "-s", "--", placement.rdmaDevice, String(placement.rdmaPort), ...programs],
    ],
    { input: probeScript, timeoutMs: probeTimeoutMs },
  );
  if (result.exitCode !== 0) {
    const said = result.stderr.trim().split("\n").at(-1) ?? "";
    throw new Error(`no command runs there${said === "" ? "" : ` (${said})`}`);
  }
  return parseProbe(result.stdout);
}

/** The 32 hexadecimal digits of an address in a GID table: IPv4 as ::ffff:a.b.c.d. Null when it is no address. */
export function gidDigits(address: string): string | null {
  if (isIPv4(address)) {
    const digits = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
    return `${"0".repeat(20)}ffff${digits.join("")}`;
  }
  if (!isIPv6(address)) return null;
  const [head = "", tail] = address.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right]
    .map((group) => group.padStart(4, "0"))
    .join("")
    .toLowerCase();
}

/**
 * The GID to use with -x: on Ethernet the RoCE v2 entry of the fabric address, without which perftest may take a link-local
 * one; none on InfiniBand (null). `undefined`: there should be one and there is none.
 */
export function chooseGidIndex(probe: Probe, fabricAddress: string): number | null | undefined {
  if (probe.linkLayer !== "Ethernet") return null;
  const wanted = gidDigits(fabricAddress);
  return probe.gids.find(
    ({ gid, type }) => type === "RoCE v2" && gid.replaceAll(":", "").toLowerCase() === wanted,
  )?.index;
}

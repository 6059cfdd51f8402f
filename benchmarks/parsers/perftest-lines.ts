/** The kinds of lines that perftest prints around its table. Source: perftest's ctx_print_test_info and the corpus. */

/** The rule that perftest draws between the parts of its output: 87 dashes. */
export const rule = "-".repeat(87);

/** What the passive side prints before it listens, after one empty line. */
export const waitingBanner: readonly string[] = [
  "************************************",
  "* Waiting for client to connect... *",
  "************************************",
];

/** What the passive side prints with -R between its block and the addresses. */
export const connectionManagerNotice: readonly string[] = [
  " Waiting for client rdma_cm QP to connect",
  " Please run the same command with the IB/RoCE interface IP",
];

/** With -H: the head of the list of samples, and one sample. */
export const sampleHeader = "#, usec";
export const samplePattern = /^(\d+), \d+(?:\.\d+)?(?:e[+-]\d+)?$/;

/** A bare value: all that --output=latency and --output=bandwidth print. */
export const bareValuePattern = /^(?:\d+\.\d{6}|-?nan|inf)$/;

const harmless: readonly RegExp[] = [
  /^$/,
  /^Disabling dynamic polling$/,
  /^ WARNING: BW peak won't be measured in this run\.$/,
  /^Device not recognized to implement inline feature\. Disabling it$/,
  /^Requested mtu is higher than active mtu ?$/,
  /^Changing to active mtu - \d+$/,
];

const clockPattern = /^Correlation coefficient r\^2: \d+\.\d+ < 0\.9$/;
const frequencyPattern =
  /^Conflicting CPU frequency values detected: [\d.]+ != [\d.]+\. CPU Frequency is not max\.$/;

/** Whether a line outside the table says nothing about the result; `warning` when the user should still hear of it. */
export function harmlessLine(line: string): { readonly warning: string | null } | null {
  if (clockPattern.test(line)) {
    return { warning: "perftest could not estimate the clock well; a row may be inf or 0" };
  }
  if (frequencyPattern.test(line)) {
    return { warning: "the CPU frequency was not at its maximum or not constant" };
  }
  return harmless.some((pattern) => pattern.test(line)) ? { warning: null } : null;
}

/** The test that a title line names. */
export interface Title {
  readonly program: string;
  readonly family: "Latency" | "BW";
}

const titlePattern =
  /^ {20}(Send|RDMA_Write|RDMA_Read|Atomic (?:FETCH_AND_ADD|CMP_AND_SWAP))( Bidirectional)?( Post List)? (Latency|BW)( Multicast)? Test$/;

const verbOfTitle: Readonly<Record<string, string>> = {
  Send: "send",
  RDMA_Write: "write",
  RDMA_Read: "read",
};

/** Reads a title line, as in "RDMA_Write BW Test". */
export function parseTitle(line: string): Title | null {
  const match = titlePattern.exec(line);
  if (match === null) return null;
  const [, operation = "", bidirectional, , family] = match;
  if (bidirectional !== undefined && family === "Latency") return null;
  const verb = verbOfTitle[operation] ?? "atomic";
  return family === "BW"
    ? { program: `ib_${verb}_bw`, family }
    : { program: `ib_${verb}_lat`, family: "Latency" };
}

const attributePattern = /^ ([A-Za-z][A-Za-z0-9_*/. -]*?)\s*: (\S.*?)\s*$/;

/** Reads a line of the block under the title: one or two ` key : value` pairs. Null when it is no such line. */
export function parseAttributes(line: string): readonly (readonly [string, string])[] | null {
  const pairs: [string, string][] = [];
  const parts = line.split("\t\t");
  for (const [index, part] of parts.entries()) {
    const match = attributePattern.exec(index === 0 ? part : ` ${part}`);
    if (match === null) return null;
    pairs.push([match[1] ?? "", match[2] ?? ""]);
  }
  return pairs;
}

/** Attributes that every release prints, in this order. */
export const requiredAttributes: readonly string[] = [
  "Dual-port",
  "Device",
  "Number of qps",
  "Transport type",
  "Connection type",
  "Using SRQ",
  "Mtu",
  "Link type",
  "rdma_cm QPs",
  "Data ex. method",
];

const hexadecimal = "(?:0x)?[0-9a-f]+";
const addressPattern = new RegExp(
  `^ (local|remote) address: LID ${hexadecimal} QPN ${hexadecimal} PSN ${hexadecimal}(?: (?:OUT|RKey|VAddr|SRQn) ${hexadecimal})*\\s*$`,
);
const gidPattern = /^ M?GID: \d{2,3}(?::\d{2,3}){15}$/;

/** `local` or `remote` for an address line, `gid` for the line under it, null for any other. */
export function addressLine(line: string): "local" | "remote" | "gid" | null {
  if (gidPattern.test(line)) return "gid";
  const side = addressPattern.exec(line)?.[1];
  return side === "local" || side === "remote" ? side : null;
}

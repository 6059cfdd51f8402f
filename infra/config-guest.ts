/** The configuration of guests. */
import * as z from "zod";
import { count, firstUserPort, lastPort, sha256Schema } from "./config-fields.ts";
import type { NodesConfiguration } from "./config-nodes.ts";

const kibPerMib = 1024;

const powerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

/** What every guest is like. */
export const guestSchema = z.strictObject({
  virtualCpus: count(1, 512, "processors a guest")
    .optional()
    .describe("emulated nodes: 1; else the paper's 24"),
  memoryMib: count(128, 16_777_216, "MiB a guest")
    .optional()
    .describe("emulated nodes: 320; else the paper's 32 GiB"),
  pinnedCpus: z
    .array(count(0, 4095, "a processor of the node"))
    .default([])
    .describe("processor i of a guest runs on the i-th of these; empty: wherever the node likes"),
  numaNode: count(0, 63, "a NUMA node of the node").optional().describe("absent: wherever the node likes"),
  hugepages: z.boolean("true or false").default(false).describe("guest memory in the node's huge pages"),
  accelerator: z.enum(["auto", "kvm", "tcg"], "auto, kvm or tcg").default("auto"),
  ivshmem: z
    .strictObject({
      sizeMib: z
        .int("a power of two, in MiB")
        .min(1)
        .max(65536)
        .refine(powerOfTwo, "a power of two, in MiB")
        .default(1),
      name: z
        .string()
        .regex(/^[\w.-]{1,64}$/, "letters, digits, '.', '_' and '-', without a slash")
        .optional()
        .describe("of the memory that the guests of one node share; absent: named after the stack"),
    })
    .prefault({}),
  image: z
    .strictObject({
      source: z.string().min(1, "a URL, or a path on this machine"),
      sha256: sha256Schema,
    })
    .optional()
    .describe("a qcow2 cloud image with cloud-init; absent: the project's own guest"),
  drivers: z
    .discriminatedUnion("stack", [
      z.strictObject({ stack: z.literal("inbox") }),
      z.strictObject({
        stack: z.literal("ofed"),
        source: z
          .string()
          .regex(/^https?:\/\/\S+$/, "a URL that the guests can reach, as in https://example.org/ofed.tgz"),
        sha256: sha256Schema,
      }),
    ])
    .prefault({ stack: "inbox" }),
  packages: z
    .array(z.string().regex(/^[\w.+-]+$/, "a package's name"))
    .default([])
    .describe("installed in guests of a cloud image; the project's own guest has all it needs"),
  managementPortBase: count(
    firstUserPort,
    lastPort,
    "first of the ports on 127.0.0.1 of each node that lead to its guests",
  ).default(24300),
  readyTimeoutSeconds: count(10, 86_400, "seconds for a guest to be ready").default(1200),
});

export type GuestConfiguration = z.infer<typeof guestSchema>;

/** Sizes of guests where the configuration says none: the paper's, or what fits in an emulated node. */
export function defaultGuest(source: NodesConfiguration["source"]): {
  virtualCpus: number;
  memoryMib: number;
} {
  return source === "emulated" ? { virtualCpus: 1, memoryMib: 320 } : { virtualCpus: 24, memoryMib: 32768 };
}

/** What guests have to do with, besides their own section. */
interface GuestSurroundings {
  readonly nodes: NodesConfiguration;
  readonly appliance: { readonly hugepages: { readonly sizeKib: number; readonly count: number } };
  readonly guestsPerNode: number;
  readonly guest: GuestConfiguration;
}

/** A value that is right by itself and wrong beside the others. */
export interface GuestMistake {
  readonly path: readonly string[];
  /** What would be right. */
  readonly message: string;
}

/** Finds what of the guest section can't be with the rest of the configuration. */
export function findGuestMistakes({
  nodes,
  appliance: { hugepages },
  guestsPerNode,
  guest,
}: GuestSurroundings): GuestMistake[] {
  const size = defaultGuest(nodes.source);
  const virtualCpus = (guest.virtualCpus ?? size.virtualCpus) * guestsPerNode;
  const memoryMib = (guest.memoryMib ?? size.memoryMib) * guestsPerNode;
  const hugepagesMib = (hugepages.sizeKib * hugepages.count) / kibPerMib;
  const mistakes: GuestMistake[] = [];
  const mistake = (key: string, message: string) => mistakes.push({ path: ["guest", key], message });
  if (guest.pinnedCpus.length > 0 && guest.pinnedCpus.length !== virtualCpus) {
    mistake(
      "pinnedCpus",
      `${virtualCpus} processors: one for each virtual processor of the guests of a node`,
    );
  }
  if (new Set(guest.pinnedCpus).size !== guest.pinnedCpus.length) {
    mistake("pinnedCpus", "each processor once");
  }
  if (guest.hugepages && hugepagesMib < memoryMib) {
    mistake(
      "hugepages",
      `false, or huge pages (appliance.hugepages) for the ${memoryMib} MiB that the guests of a node have`,
    );
  }
  if (guest.managementPortBase + guestsPerNode - 1 > lastPort) {
    mistake(
      "managementPortBase",
      `${lastPort - guestsPerNode + 1} at most: ${guestsPerNode} guests need as many ports from there on`,
    );
  }
  // The project's own guest reaches nothing but its node and the fabric, so it can't fetch anything.
  if (guest.image === undefined && guest.drivers.stack === "ofed") {
    mistake("drivers", "inbox, or a cloud image (guest.image) that the drivers can be installed in");
  }
  if (guest.image === undefined && guest.packages.length > 0) {
    mistake("packages", "none, or a cloud image (guest.image) that they can be installed in");
  }
  return mistakes;
}

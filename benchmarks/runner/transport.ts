/**
 * Proof that a launch went over the adapter: the counters of both sides' ports, before and after, moved by at least what the
 * test must have sent. Pure.
 */
import * as z from "zod";
import type { Traffic } from "../catalogue/benchmark.ts";
import type { LaunchResult } from "./launch.ts";

/** By how much each counter of one side's port moved, by the counter's name in sysfs. */
export type MovedCounters = Readonly<Record<string, number>>;

const movedSchema = z.record(z.string(), z.int()).describe("by the counter's name in sysfs");
export const transportSchema = z.strictObject({ client: movedSchema, servers: z.array(movedSchema) });
/** What the ports of all sides counted during a launch. */
export type Transport = z.infer<typeof transportSchema>;

export type TransportJudgement =
  | { readonly status: "proven"; readonly transport: Transport }
  | { readonly status: "unproven"; readonly reason: string }
  | { readonly status: "refuted"; readonly reason: string };

/** The largest payload of one packet: the largest path MTU of InfiniBand and RoCE (IBTA vol. 1, 9.2). */
const largestPacketBytes = 4096;
/** PortXmitData and PortRcvData count words of this many bytes (IBTA vol. 1, 16.1.3.5). */
const counterWordBytes = 4;

/** How two counters of one kind are read. */
interface CounterKind {
  readonly sent: string;
  readonly received: string;
  readonly unit: string;
  /** The least count that a number of messages of a size leaves. */
  readonly least: (messages: number, messageBytes: number) => number;
}

const counterKinds: readonly CounterKind[] = [
  {
    sent: "port_xmit_data",
    received: "port_rcv_data",
    unit: "words of 4 bytes",
    least: (messages, messageBytes) => Math.floor((messages * messageBytes) / counterWordBytes),
  },
  {
    sent: "sent_pkts",
    received: "rcvd_pkts",
    unit: "packets",
    least: (messages, messageBytes) => messages * Math.max(1, Math.ceil(messageBytes / largestPacketBytes)),
  },
];

/** The counters that server.sh or client.sh said last before and after the program; a counter that was not read twice is left out. */
export function movedCounters(stderr: string): MovedCounters {
  const before = countersSaid(stderr, "before");
  const after = countersSaid(stderr, "after");
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, value]) => {
      const start = before[name];
      return start === undefined ? [] : [[name, value - start]];
    }),
  );
}

function countersSaid(stderr: string, when: "before" | "after"): Record<string, number> {
  const said = stderr.matchAll(new RegExp(`testbed: counters ${when}((?: \\w+=\\d+)*)$`, "gm"));
  const words = [...said].at(-1)?.[1]?.trim() ?? "";
  if (words === "") return {};
  return Object.fromEntries(
    words.split(" ").map((word): [string, number] => {
      const [name = "", value] = word.split("=");
      return [name, Number(value)];
    }),
  );
}

/** Holds what the ports counted against what the launch must have sent, summed over its sizes. */
export function judgeTransport(traffic: readonly Traffic[], result: LaunchResult): TransportJudgement {
  const transport = {
    client: movedCounters(result.client.stderr),
    servers: result.servers.map(({ stderr }) => movedCounters(stderr)),
  };
  const sides = [
    { name: "client", moved: transport.client, sends: "clientToServer", gets: "serverToClient" },
    ...transport.servers.map((moved) => ({
      ...{ name: "server", moved },
      ...({ sends: "serverToClient", gets: "clientToServer" } as const),
    })),
  ] as const;
  for (const { name, moved, sends, gets } of sides) {
    const kind = counterKinds.find((candidate) => candidate.sent in moved && candidate.received in moved);
    if (kind === undefined) {
      return { status: "unproven", reason: `the ${name} side's port has no counters of what it carries` };
    }
    for (const [counter, verb, direction] of [
      [kind.sent, "sent", sends],
      [kind.received, "received", gets],
    ] as const) {
      const counted = moved[counter] ?? 0;
      const least = traffic.reduce((sum, each) => sum + kind.least(each[direction], each.messageBytes), 0);
      if (counted < least) {
        return {
          status: "refuted",
          reason: `the test did not go over the adapter: the ${name} side's port ${verb} ${counted} ${kind.unit} (${counter}), and the test's messages are at least ${least}`,
        };
      }
    }
  }
  return { status: "proven", transport };
}

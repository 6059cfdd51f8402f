import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RemoteResult } from "../../infra/remote/remote.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { LaunchResult } from "./launch.ts";
import { judgeTransport, movedCounters } from "./transport.ts";

const traffic = [{ messageBytes: 8192, clientToServer: 10, serverToClient: 0 }];

/** What a side says on standard error, with the program's own lines around. */
function said(before: string, after: string): string {
  return `testbed: counters before ${before}\n WARNING: BW peak won't be measured in this run.\ntestbed: counters after ${after}\n`;
}

function ended(server: string, client: string): LaunchResult {
  const side = (stderr: string): RemoteResult => ({ stdout: "", stderr, exitCode: 0, timedOut: false });
  return { servers: [side(server)], client: side(client), serverStopped: false };
}

const packets = (sent: number, received: number): string =>
  said("sent_pkts=100 rcvd_pkts=200", `sent_pkts=${100 + sent} rcvd_pkts=${200 + received}`);
const words = (sent: number, received: number): string =>
  said("port_xmit_data=5 port_rcv_data=7", `port_xmit_data=${5 + sent} port_rcv_data=${7 + received}`);

describe("counters that were said", () => {
  test("the difference of each that was said twice", () => {
    expect(movedCounters(packets(3, 4))).toEqual({ sent_pkts: 3, rcvd_pkts: 4 });
    expect(movedCounters(said("sent_pkts=1", "sent_pkts=2 rcvd_pkts=9"))).toEqual({ sent_pkts: 1 });
  });

  test("none where the port has none, and none where the side was cut off", () => {
    expect(movedCounters("testbed: counters before\ntestbed: counters after\n")).toEqual({});
    expect(movedCounters("testbed: counters before sent_pkts=1 rcvd_pkts=2\n")).toEqual({});
  });
});

describe("judging", () => {
  test("ten messages of two packets each are at least twenty packets", () => {
    expect(judgeTransport(traffic, ended(packets(0, 20), packets(20, 0)))).toEqual({
      status: "proven",
      transport: {
        client: { sent_pkts: 20, rcvd_pkts: 0 },
        servers: [{ sent_pkts: 0, rcvd_pkts: 20 }],
      },
    });
    expect(judgeTransport(traffic, ended(packets(0, 20), packets(19, 0)))).toEqual({
      status: "refuted",
      reason:
        "the test did not go over the adapter: the client side's port sent 19 packets (sent_pkts), and the test's messages are at least 20",
    });
  });

  test("ports that count words of four bytes", () => {
    expect(judgeTransport(traffic, ended(words(0, 20480), words(20480, 0))).status).toBe("proven");
    expect(judgeTransport(traffic, ended(words(0, 20479), words(20480, 0)))).toMatchObject({
      status: "refuted",
      reason: expect.stringContaining(
        "the server side's port received 20479 words of 4 bytes (port_rcv_data)",
      ),
    });
  });

  test("a port without counters proves nothing", () => {
    expect(judgeTransport(traffic, ended(packets(0, 20), ""))).toEqual({
      status: "unproven",
      reason: "the client side's port has no counters of what it carries",
    });
  });

  test("whatever the size, ports that stood still refute, and ports that counted each message's packets prove", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          "ib_send_lat",
          "ib_write_lat",
          "ib_read_lat",
          "ib_send_bw",
          "ib_write_bw",
          "ib_read_bw",
        ),
        fc.integer({ min: 1, max: 2 ** 23 }),
        fc.integer({ min: 5, max: 100_000 }),
        (name, sizeBytes, iterations) => {
          const expected = benchmarkNamed(name).traffic?.({ sizesBytes: [sizeBytes], iterations });
          const [only] = expected ?? [];
          if (expected === undefined || only === undefined)
            throw new Error(`${name} says nothing of its traffic`);
          const each = Math.ceil(sizeBytes / 4096);
          const [up, down] = [only.clientToServer * each, only.serverToClient * each];
          expect(judgeTransport(expected, ended(packets(0, 0), packets(0, 0))).status).toBe("refuted");
          expect(judgeTransport(expected, ended(packets(down, up), packets(up, down))).status).toBe("proven");
        },
      ),
      { seed: 1 },
    );
  });
});

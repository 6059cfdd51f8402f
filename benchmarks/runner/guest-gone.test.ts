import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Remote, RemoteError, type RemoteResult } from "../../infra/remote/remote.ts";
import { readLedger } from "./ledger.ts";
import { runFiles } from "./run-directory.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { InstantRemote } from "./testing/remotes.ts";
import { eventsOf, groupsOf, newRun, run } from "./testing/runs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-activation-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function isGuestLaunch(words: readonly string[]): boolean {
  return words[0] === "ssh" && words.includes("ib_send_lat") && words.includes("-n");
}

const failed = (exitCode: number, stderr = ""): RemoteResult => ({
  stdout: "",
  stderr,
  exitCode,
  timedOut: false,
});

describe("a guest that goes away", () => {
  /** Answers the n-th launch command in a guest otherwise. */
  class DyingGuest extends InstantRemote {
    launches = 0;
    readonly #last: () => Promise<RemoteResult>;
    readonly #dyingAt: number;
    constructor(dyingAt: number, last: () => Promise<RemoteResult>) {
      super();
      this.#dyingAt = dyingAt;
      this.#last = last;
    }
    override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
      if (isGuestLaunch(words[0])) {
        this.launches += 1;
        if (this.launches === this.#dyingAt) return this.#last();
      }
      return super.run(...words);
    }
  }

  test.each([
    ["ssh into it fails", async () => failed(255, "client_loop: send disconnect: Broken pipe")],
    ["it hangs until the time limit", async () => failed(124)],
    [
      "ssh complains as if the node were gone",
      async () => {
        throw new RemoteError("unreachable", "n1 does not answer");
      },
    ],
  ])("is made active again before the next try: %s", async (_, last) => {
    const directory = newRun(folder);
    const adapters = new FakeAdapters();
    const results = await run(directory, adapters, new DyingGuest(2, last));
    expect(results.counts).toMatchObject({ valid: 3, launchesValid: 9, attemptsRefused: 1 });
    const [refusal] = eventsOf(directory, "refused");
    expect(refusal?.reason).toMatch(
      /the connection into guest g1 on n\d broke|did not end|the guest does not answer/,
    );
    const groups = groupsOf(directory).length;
    expect(adapters.calls.filter((name) => name !== "release")).toHaveLength(groups + 1);
    const { events } = readLedger(join(directory, runFiles.ledger));
    const after = events.slice(events.findIndex(({ event }) => event === "refused") + 1);
    expect(after[0]).toMatchObject({ event: "activated", environment: "vm-sriov" });
    expect(after.find(({ event }) => event === "started")).toMatchObject({ launch: refusal?.launch });
  });

  test("a refusal of the program's own is tried again without a new activation", async () => {
    const directory = newRun(folder);
    const adapters = new FakeAdapters();
    await run(directory, adapters, new DyingGuest(2, async () => failed(17)));
    expect(eventsOf(directory, "refused")).toHaveLength(1);
    expect(adapters.calls.filter((name) => name !== "release")).toHaveLength(groupsOf(directory).length);
  });

  test("that does not answer after its activation is activated again", async () => {
    const directory = newRun(folder);
    const adapters = new FakeAdapters();
    class Silent extends InstantRemote {
      #answers = -1;
      override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
        if (words[0][0] === "ssh") this.#answers += 1;
        return this.#answers === 0 ? failed(255, "Connection refused") : super.run(...words);
      }
    }
    const results = await run(directory, adapters, new Silent());
    expect(eventsOf(directory, "activation-failed")).toMatchObject([
      { reason: expect.stringMatching(/^vm-sriov on n\d \(guest g1\): no command runs there/) },
    ]);
    expect(results.counts.launchesValid).toBe(9);
  });

  test("a host that ssh can't reach for a launch ends the run even if it answers again", async () => {
    const directory = newRun(folder);
    class Blinking extends InstantRemote {
      #blinked = false;
      override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
        if (this.#blinked || words[0][0] === "ssh" || !words[0].includes("-n")) return super.run(...words);
        this.#blinked = true;
        throw new RemoteError("unreachable", "n1 does not answer");
      }
    }
    await expect(run(directory, new FakeAdapters(), new Blinking())).rejects.toThrow("n1 does not answer");
  });

  test("a node that goes away with it ends the run; the adapters are given back as far as can be", async () => {
    const directory = newRun(folder);
    const adapters = new FakeAdapters();
    const gone = async (): Promise<never> => {
      throw new RemoteError("unreachable", "n1 does not answer");
    };
    class GoneNode extends DyingGuest {
      override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
        return this.launches >= 2 ? gone() : super.run(...words);
      }
    }
    await expect(run(directory, adapters, new GoneNode(2, gone))).rejects.toThrow("n1 does not answer");
    expect(adapters.calls.at(-1)).toBe("release");
    expect(eventsOf(directory, "interrupted")).toHaveLength(1);
    expect(eventsOf(directory, "finished")).toEqual([]);
  });
});

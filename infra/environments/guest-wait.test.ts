import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Remote, RemoteError, type RemoteResult } from "../remote/remote.ts";
import { readProgress, type WaitRequest, waitForGuest } from "./guest-wait.ts";

const request: WaitRequest = {
  nodeName: "n1",
  connection: { address: "n1" },
  socketDirectory: "/s",
  elevation: [],
  guest: "g1",
  domain: "testbed-a-g1",
  commandPrefix: ["/access/in-guest", "g1"],
  consolePath: "/var/log/g1.console",
  timeoutSeconds: 60,
};

/** What the node's script, the guest's status file and the console say; the script's answers come one after the other. */
interface Story {
  readonly looks: readonly (string | Error)[];
  readonly status?: Partial<RemoteResult>;
  readonly console?: string;
}

async function tell({ looks, status = {}, console: consoleText = "" }: Story, timeoutSeconds = 60) {
  const commands: string[][] = [];
  let looked = 0;
  let now = 0;
  const answer = (given: Partial<RemoteResult>): RemoteResult => ({
    stdout: "",
    stderr: "",
    exitCode: 0,
    timedOut: false,
    ...given,
  });
  const remote: Remote = {
    description: "n1 (root@n1)",
    run: async (command) => {
      commands.push([...command]);
      if (command[0] === "/access/in-guest") return answer(status);
      if (command[0] === "tail") return answer({ stdout: consoleText });
      const look = looks[Math.min(looked++, looks.length - 1)] ?? "";
      if (look instanceof Error) throw look;
      // While the guest boots, the script waits for as long as it is told to.
      if (look === "running\n") now += Number(command.at(-1)) * 1000;
      return answer({ stdout: look });
    },
    script: () => Promise.reject(new Error("not used")),
  };
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const seconds = waitForGuest(remote, { ...request, timeoutSeconds }, clock);
  return { outcome: await seconds.catch((error: Error) => error.message), commands };
}

const ready = "running\ntestbed-guest: ready\n";

describe("a guest", () => {
  test("is asked by ssh only when its console says that it is ready", async () => {
    const { outcome, commands } = await tell({
      looks: ["running\n", "running\n", ready],
      status: { stdout: "ok packages none\nready\n" },
    });
    expect(outcome).toBe(40);
    expect(commands.map(([program]) => program)).toEqual(["sh", "sh", "sh", "/access/in-guest"]);
  });

  test("that failed is told with its step and the end of its console", async () => {
    const looks = ["running\ntestbed-guest: failed: ivshmem there is no device\n"];
    expect((await tell({ looks, console: "line 1\r\nline 2\r\n" })).outcome).toBe(
      "Guest g1 on n1 (root@n1) came up, but a step failed in it: ivshmem there is no device. Its console ends with:\n    line 1\n    line 2",
    );
  });

  test("that powered itself off after a failure is told by the failure", async () => {
    const looks = ["gone\ntestbed-guest: failed: reading the seed\n"];
    expect((await tell({ looks })).outcome).toContain("a step failed in it: reading the seed.");
  });

  test("that does not run is told at once, although it once was ready", async () => {
    const { outcome, commands } = await tell({ looks: ["gone\ntestbed-guest: ready\n"] });
    expect(outcome).toMatch(/^Guest g1 \(domain testbed-a-g1\) does not run on n1 \(root@n1\)/);
    expect(commands).toHaveLength(2);
  });

  test("that is not ready in time is told with the limit and its key", async () => {
    const { outcome, commands } = await tell({ looks: ["running\n"], console: "booting" }, 30);
    expect(commands.flatMap((command) => (command[0] === "sh" ? [command.at(-1)] : []))).toEqual([
      "20",
      "10",
    ]);
    expect(outcome).toMatch(
      /not ready within 30 s \(guest\.readyTimeoutSeconds\)\. Its console ends with:\n {4}booting$/,
    );
  });

  test("on a node that is too busy to answer is waited for", async () => {
    const { outcome } = await tell({
      looks: [new RemoteError("unreachable", "n1 does not answer"), ready],
      status: { stdout: "ready\n" },
    });
    expect(outcome).toBe(2);
  });

  test("whose status is another than its console's is not ready", async () => {
    const stdout = "ok packages none\nfailed drivers no module\nfailed\n";
    expect((await tell({ looks: [ready], status: { stdout } })).outcome).toContain(
      "a step failed in it: drivers no module.",
    );
    expect(
      (await tell({ looks: [ready], status: { exitCode: 255, stderr: "Permission denied\n" } })).outcome,
    ).toContain("is up but can't be logged in to: Permission denied.");
  });
});

describe("look-at-guest.sh", () => {
  const folder = mkdtempSync(join(tmpdir(), "guest-wait-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const script = readFileSync(join(import.meta.dirname, "on-node", "look-at-guest.sh"), "utf8");
  const look = (consoleText: string) => {
    const path = join(folder, "console");
    writeFileSync(path, consoleText);
    return spawnSync("sh", ["-c", script, "look", "no-such-domain", path, "5"], { encoding: "utf8" });
  };

  test("tells the last word of the init among what else is on the console", () => {
    const text =
      "boot\0\u001b[0m\r\n[ 1.0] x\r\ntestbed-guest: failed: a\r\ntestbed-guest: ready\r\n[ 2.0] y\r\n";
    expect(look(text)).toMatchObject({ status: 0, stdout: "gone\ntestbed-guest: ready\n" });
  });

  test("says nothing of a console that has nothing to say", () => {
    expect(look("boot\n")).toMatchObject({ status: 0, stdout: "gone\n", stderr: "" });
    expect(readProgress("running\n")).toEqual({ state: "booting" });
  });
});

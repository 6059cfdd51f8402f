import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SshRemote } from "./ssh.ts";
import { classifySshFailure, quoteWords, sshArguments } from "./ssh-words.ts";

describe("words for the remote shell", () => {
  test("arrive as they were given", () => {
    const word = fc.string({ unit: fc.constantFrom(..."ab -'\"$`\\;&|*?~!#(){}<>\n\t=é") });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const command = `printf '%s\\0' ${quoteWords(words)}`;
        const printed = execFileSync("sh", ["-c", command], { encoding: "utf8" });
        expect(printed.split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what ssh says", () => {
  test.each([
    ["ssh: connect to host 192.0.2.1 port 22: Connection refused", "unreachable"],
    ["ssh: connect to host n1 port 22: No route to host", "unreachable"],
    ["Connection timed out during banner exchange", "unreachable"],
    ["kex_exchange_identification: read: Connection reset by peer", "unreachable"],
    ["ssh: Could not resolve hostname nowhere: Name or service not known", "unreachable"],
    ["root@192.0.2.1: Permission denied (publickey).", "permission-denied"],
    ["Received disconnect from 192.0.2.1: Too many authentication failures", "permission-denied"],
    ["No ED25519 host key is known for pinned and you have requested strict checking.", "host-key-unknown"],
    ["Host key verification failed.", "host-key-unknown"],
    [
      "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
      "host-key-changed",
    ],
    ["Bad owner or permissions on /root/.ssh/config", "other"],
  ])("%j means %s", (stderr, failure) => {
    expect(classifySshFailure(stderr)).toBe(failure);
  });
});

test("only what is given overrides the user's ssh configuration", () => {
  const plain = sshArguments({ address: "n1" }, "/s/c");
  expect(plain.slice(-2)).toEqual(["--", "n1"]);
  expect(plain).not.toContain("-p");
  expect(plain).not.toContain("-l");
  expect(plain.join(" ")).not.toContain("IdentityFile");
  const connection = {
    address: "n1",
    port: 2222,
    user: "cc",
    privateKeyPath: "/k",
    hostKey: "ssh-ed25519 AAAA",
  };
  const full = sshArguments(connection, "/s/c", { connectTimeoutSeconds: 5 }).join(" ");
  for (const part of ["-p 2222", "-l cc", "IdentityFile=/k", "pinned ssh-ed25519 AAAA", "ConnectTimeout=5"]) {
    expect(full).toContain(part);
  }
});

describe("a remote command", () => {
  const folder = mkdtempSync(join(tmpdir(), "testbed-ssh-"));
  const remote = new SshRemote("n1", { address: "192.0.2.1", user: "root" }, join(folder, "sockets"));

  /** Puts one of the programs in testing/ first on the PATH, as ssh. */
  function standInForSsh(script: string): void {
    copyFileSync(join(import.meta.dirname, "testing", script), join(folder, "ssh"));
    chmodSync(join(folder, "ssh"), 0o755);
  }

  beforeAll(() => {
    vi.stubEnv("PATH", `${folder}:${process.env.PATH ?? ""}`);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test("gives output, errors and status apart", async () => {
    standInForSsh("ssh-runs-here.sh");
    const result = await remote.script("echo out $1; echo err >&2; exit 3", ["two  words"]);
    expect(result).toEqual({ stdout: "out two words\n", stderr: "err\n", exitCode: 3, timedOut: false });
    expect((await remote.run(["cat"], { input: "text" })).stdout).toBe("text");
  });

  test("that takes too long is ended", async () => {
    standInForSsh("ssh-hangs.sh");
    expect(await remote.run(["true"], { timeoutMs: 200 })).toMatchObject({ timedOut: true, exitCode: null });
  });

  test("on a host that can't be reached is an error of one sentence", async () => {
    standInForSsh("ssh-refused.sh");
    await expect(remote.run(["true"])).rejects.toMatchObject({
      failure: "unreachable",
      message: expect.stringMatching(/^n1 \(root@192\.0\.2\.1\) does not answer;.*Connection refused\)$/),
    });
  });

  test("may itself end with ssh's own status", async () => {
    standInForSsh("ssh-command-fails.sh");
    expect((await remote.run(["true"])).exitCode).toBe(255);
  });
});

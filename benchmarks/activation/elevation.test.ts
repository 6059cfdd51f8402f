import { expect, test } from "vitest";
import type { Remote, RemoteOptions, RemoteResult } from "../../infra/remote/remote.ts";
import { asRoot } from "./elevation.ts";

/** A node that is reached as somebody who may, or may not, become root. */
function userRemote(mayElevate: boolean) {
  const asked: { readonly words: string; readonly input: string | undefined }[] = [];
  const run = async (command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> => {
    asked.push({ words: command.join(" "), input: options.input });
    const elevated = command[0] === "sudo";
    const stdout = elevated ? (mayElevate ? "0\n" : "") : "1000\n";
    return { stdout, stderr: "", exitCode: stdout === "" ? 1 : 0, timedOut: false };
  };
  const remote: Remote = { description: "n1", run, script: () => Promise.reject(new Error("not by script")) };
  return { remote, asked };
}

test("a connection as root is taken as it is, without a question", async () => {
  const { remote, asked } = userRemote(true);
  expect(await asRoot(remote, { address: "h", user: "root" })).toBe(remote);
  expect(asked).toEqual([]);
});

test("somebody else becomes root by sudo, for commands and scripts, and keeps the address of the connection", async () => {
  const { remote, asked } = userRemote(true);
  const root = await asRoot(remote, { address: "h" });
  await root.run(["tail", "/var/log/x"]);
  await root.script("echo hello", ["a b"]);
  const sudo = "sudo -n --preserve-env=SSH_CONNECTION --";
  expect(asked.slice(2)).toEqual([
    { words: `${sudo} tail /var/log/x`, input: undefined },
    { words: `${sudo} sh -s -- a b`, input: "echo hello" },
  ]);
});

test("a sudo that refuses is told in a sentence", async () => {
  await expect(asRoot(userRemote(false).remote, { address: "h", user: "cc" })).rejects.toThrow(
    "n1 is not reached as root, and sudo there wants a password or refuses; log in as root or allow the user all commands without a password",
  );
});

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { interruptAll, runCommand } from "./run.ts";

const quiet = () => {};

test("gives both streams without the last line's end, and logs lines as they come", async () => {
  const lines: string[] = [];
  const command = "cat; echo; echo two; echo oops >&2";
  const printed = await runCommand(command, { stdin: "one" }, undefined, (line) => lines.push(line));
  expect(printed).toEqual({ stdout: "one\ntwo", stderr: "oops" });
  expect(lines.sort()).toEqual(["one", "oops", "two"]);
});

test("takes folder, environment and interpreter", async () => {
  const inputs = { dir: "/", environment: { GREETING: "hallo" }, interpreter: ["/bin/sh", "-eu", "-c"] };
  const { stdout } = await runCommand('pwd; echo "$GREETING"', inputs, undefined, quiet);
  expect(stdout).toBe("/\nhallo");
});

test("a failing command's error has its status, itself and the end of its stderr", async () => {
  const failing = runCommand("seq 1 100 >&2; exit 3", { logging: "none" }, undefined, quiet);
  await expect(failing).rejects.toThrow(/^exit status 3: running "seq 1 100 >&2; exit 3":\n81\n/);
});

test("a folder that is not there is an error", async () => {
  await expect(runCommand("true", { dir: "/nowhere" }, undefined, quiet)).rejects.toThrow("ENOENT");
});

test("a command that does not read its input is no error", async () => {
  const big = "x".repeat(1_000_000);
  expect(await runCommand("exec true", { stdin: big }, undefined, quiet)).toEqual({ stdout: "", stderr: "" });
});

test("an interruption reaches what the command has started", async () => {
  const interrupted = runCommand("sleep 60 & sleep 60", {}, undefined, quiet);
  const outcome = expect(interrupted).rejects.toThrow("ended by SIGTERM");
  await sleep(200);
  interruptAll();
  await outcome;
});

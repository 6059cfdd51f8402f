import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type CommandInputs, type CommandState, environmentOf, shown } from "./rules.ts";

/** How many lines of a failed command's stderr its error quotes. */
const TAIL = 20;

/** What a command printed, without the last line's end. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** A command that ended badly, with the end of what it said. */
export class CommandFailed extends Error {
  constructor(command: string, outcome: string, stderr: string) {
    const tail = stderr.split("\n").slice(-TAIL).join("\n");
    super(`${outcome}: running ${JSON.stringify(command)}:\n${tail}`);
    this.name = "CommandFailed";
  }
}

const running = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();

/** Runs one command to its end and hands each line to `log` as it comes. */
export async function runCommand(
  command: string,
  inputs: CommandInputs,
  previous: CommandState | undefined,
  log: (line: string) => void,
): Promise<Printed> {
  const [program, ...options] = inputs.interpreter ?? ["/bin/sh", "-c"];
  if (program === undefined) throw new Error("interpreter must name a program");
  const child = spawn(program, [...options, command], {
    cwd: inputs.dir,
    env: environmentOf(inputs, previous),
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own, so that an interruption reaches what the command has started as well.
    detached: true,
  });
  running.add(child);
  try {
    // A command need not read its input: a closed pipe is no error.
    child.stdin.on("error", () => {});
    child.stdin.end(inputs.stdin ?? "");
    const show = shown(inputs.logging);
    const [stdout, stderr, [status, signal]] = await Promise.all([
      collect(child.stdout, show.stdout ? log : undefined),
      collect(child.stderr, show.stderr ? log : undefined),
      once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    if (status === 0) return { stdout, stderr };
    throw new CommandFailed(
      command,
      signal ? `ended by ${signal}` : `exit status ${status}`,
      stderr || stdout,
    );
  } finally {
    running.delete(child);
  }
}

/** Asks every running command and what it has started to end. */
export function interruptAll(): void {
  for (const { pid } of running) {
    if (pid !== undefined) process.kill(-pid, "SIGTERM");
  }
}

async function collect(stream: Readable, log: ((line: string) => void) | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (log) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", log);
  await once(stream, "close");
  return Buffer.concat(chunks).toString("utf8").replace(/\n$/, "");
}

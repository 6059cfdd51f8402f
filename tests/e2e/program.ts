/** Runs the project's commands as a user types them, with their output shown as it comes. */
import { execa } from "execa";
import { checkoutDirectory } from "../../infra/paths.ts";

/** The stack that the README's commands use. */
export const stack = "emulated";

/** How a command ended, with what it printed. */
export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts a command in the checkout. Its standard error goes to the terminal as well, and so does what `npm run` prints, which is
 * for people. `detached`: in a process group of its own, to which a signal can be sent as a terminal does it.
 */
export function start(program: string, words: readonly string[], input = "", options = { detached: false }) {
  process.stderr.write(`\n$ ${program} ${words.join(" ").slice(0, 300)}\n`);
  return execa(program, words, {
    cwd: checkoutDirectory,
    detached: options.detached,
    input,
    reject: false,
    stdout: program === "npm" ? ["pipe", "inherit"] : ["pipe"],
    stderr: ["pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Returns when a command has printed a text on one of its streams, or has ended without it. */
export function printed(
  command: ReturnType<typeof start>,
  stream: "stdout" | "stderr",
  text: string,
): Promise<void> {
  return new Promise<void>((resolve) => {
    command[stream].on("data", (chunk) => {
      if (String(chunk).includes(text)) resolve();
    });
    command.finally(resolve);
  });
}

/** Runs a command to its end. */
export async function run(program: string, words: readonly string[], input = ""): Promise<Outcome> {
  const result = await start(program, words, input);
  return {
    exitCode: result.exitCode,
    stdout: String(result.stdout ?? ""),
    stderr: String(result.stderr ?? ""),
  };
}

/** Runs `pulumi` with the environment of tools/env. */
export function pulumi(...words: string[]): Promise<Outcome> {
  return run("tools/pulumi", words);
}

/** One stack output. */
export async function output(name: string, ofStack = stack): Promise<unknown> {
  const outcome = await pulumi("stack", "output", name, "--json", "--show-secrets=false", "-s", ofStack);
  return JSON.parse(outcome.stdout);
}

/** Two machines that are not there: one that answers at once, and one that is this machine. */
import { execa } from "execa";
import type { Remote, RemoteOptions, RemoteResult } from "../../../infra/remote/remote.ts";
import { tellingLines } from "../../../infra/remote/ssh.ts";
import { clientText } from "./fake-perftest.ts";

/** What environment.sh would print. */
export function environmentText(programs: readonly string[], version = "6.25"): string {
  return [
    "kernel 6.12.0-test",
    "command-line root=/dev/sda1 quiet",
    "cpus-online 0-3",
    "cpu-model Test Processor",
    "cpu-flags sse2 fpu hypervisor",
    "link-layer Ethernet",
    "soft-roce yes",
    "gid 0 fe80:0000:0000:0000:5054:00ff:fe00:0001 fab0 RoCE v2",
    "network-mtu fab0 9000",
    "gid 1 0000:0000:0000:0000:0000:ffff:7f00:0001 fab0 RoCE v2",
    "path-mtu 4096",
    ...programs.flatMap((program) => [
      `program ${program} /usr/bin/${program}`,
      `version ${program} ${version}`,
      `${"a".repeat(64)}  /usr/bin/${program}`,
    ]),
    "",
  ].join("\n");
}

/** The programs behind `sh -s -- DEVICE PORT`. */
export function askedPrograms(command: readonly string[]): string[] {
  return command.slice(command.indexOf("--") + 3);
}

/** What the evidence scripts would print; null when another script is run. */
function evidenceAnswer(command: readonly string[], { input }: RemoteOptions): RemoteResult | null {
  if (input?.includes("Says what an environment is made of")) {
    return succeeded(environmentText(askedPrograms(command)));
  }
  if (input?.includes("Says what a node knows of an environment")) return succeeded("kernel 6.12.0-node\n");
  return null;
}

abstract class ScriptRemote implements Remote {
  readonly description = "test";
  abstract run(command: readonly string[], options?: RemoteOptions): Promise<RemoteResult>;
  script(text: string, words: readonly string[] = [], options: RemoteOptions = {}): Promise<RemoteResult> {
    return this.run(["sh", "-s", "--", ...words], { ...options, input: text });
  }
}

function succeeded(stdout: string): RemoteResult {
  return { stdout, stderr: "", exitCode: 0, timedOut: false };
}

/** Answers as two healthy sides would, at once. Only send latency has a text here. `commands` records what was asked. */
export class InstantRemote extends ScriptRemote {
  readonly commands: string[][] = [];
  override async run(command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    this.commands.push([...command]);
    const evidence = evidenceAnswer(command, options);
    if (evidence !== null) return evidence;
    const sizeBytes = Number(command[command.indexOf("-s", command.indexOf("-n")) + 1]);
    return succeeded(command.at(-1) === "127.0.0.1" ? clientText(sizeBytes) : "");
  }
}

/** Runs the scripts on this machine; only the evidence is made up. */
export class LocalRemote extends ScriptRemote {
  override async run(command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    const evidence = evidenceAnswer(command, options);
    if (evidence !== null) return evidence;
    const [file = "", ...words] = command;
    const result = await execa(file, words, {
      input: options.input ?? "",
      reject: false,
      stripFinalNewline: false,
      ...tellingLines(options),
    });
    return {
      stdout: result.stdout,
      stderr: result.stderr,
      exitCode: result.exitCode ?? null,
      timedOut: false,
    };
  }
}

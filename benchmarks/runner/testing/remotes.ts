/** Two machines that are not there: one that answers at once, and one that is this machine. */
import { execa } from "execa";
import type { Remote, RemoteOptions, RemoteResult } from "../../../infra/remote/remote.ts";
import { catalogue } from "../../catalogue/catalogue.ts";
import { clientText } from "./fake-perftest.ts";

const programs = catalogue.map(({ program }) => program);

/** What probe.sh would print. @param kernel to make environments differ */
export function probeText(kernel = "6.12.0-test", version = "6.25"): string {
  return [
    `kernel ${kernel}`,
    "link-layer Ethernet",
    "gid 0 fe80:0000:0000:0000:5054:00ff:fe00:0001 RoCE v2",
    "gid 1 0000:0000:0000:0000:0000:ffff:7f00:0001 RoCE v2",
    ...programs.map((program) => `program ${program} ${"a".repeat(64)} /usr/bin/${program} ${version}`),
    "",
  ].join("\n");
}

function isProbe(options: RemoteOptions): boolean {
  return options.input?.includes("Says what an environment is made of") === true;
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
    if (isProbe(options)) return succeeded(probeText());
    const sizeBytes = Number(command[command.indexOf("-s", command.indexOf("-n")) + 1]);
    return succeeded(command.at(-1) === "127.0.0.1" ? clientText(sizeBytes) : "");
  }
}

/** Runs the scripts on this machine; only the probe's answer is made up. */
export class LocalRemote extends ScriptRemote {
  override async run(command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    if (isProbe(options)) return succeeded(probeText());
    const [file = "", ...words] = command;
    const result = await execa(file, words, {
      input: options.input ?? "",
      reject: false,
      stripFinalNewline: false,
    });
    return {
      stdout: result.stdout,
      stderr: result.stderr,
      exitCode: result.exitCode ?? null,
      timedOut: false,
    };
  }
}

/**
 * Remote over the plain OpenSSH client with one shared connection a host, so that the user's ssh configuration, agent and
 * jump hosts work, and a command costs a round trip and not a handshake.
 */
import { mkdirSync } from "node:fs";
import { execa } from "execa";
import type { Connection } from "../inventory.ts";
import {
  type Remote,
  RemoteError,
  type RemoteFailure,
  type RemoteOptions,
  type RemoteResult,
} from "./remote.ts";
import {
  classifySshFailure,
  controlPathOf,
  describeConnection,
  failureSentences,
  quoteWords,
  type SshRemoteOptions,
  sshArguments,
} from "./ssh-words.ts";

/** OpenSSH's own exit status for "the connection failed". */
const sshFailureStatus = 255;

/** Options with which execa tells a stream line by line and keeps it whole as well. */
export function tellingLines({ onLine }: RemoteOptions) {
  if (onLine === undefined) return {};
  return {
    [onLine.stream]: function* (line: unknown) {
      onLine.tell(String(line));
      yield line;
    },
  };
}

/** A Remote that runs commands by OpenSSH. The control socket lies in socketDirectory. */
export class SshRemote implements Remote {
  readonly description: string;
  readonly #words: string[];

  /** @param name the node's name, for messages */
  constructor(name: string, connection: Connection, socketDirectory: string, options: SshRemoteOptions = {}) {
    this.description = `${name} (${describeConnection(connection)})`;
    mkdirSync(socketDirectory, { recursive: true, mode: 0o700 });
    this.#words = sshArguments(connection, controlPathOf(connection, socketDirectory), options);
  }

  async run(command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    const result = await execa("ssh", [...this.#words, quoteWords(command)], {
      ...(options.inputFile === undefined
        ? { input: options.input ?? "" }
        : { inputFile: options.inputFile }),
      reject: false,
      stripFinalNewline: false,
      ...tellingLines(options),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    const timedOut = result.timedOut === true;
    if (result.exitCode === sshFailureStatus && !timedOut) {
      const failure = classifySshFailure(result.stderr);
      // A remote command may itself exit with 255; then ssh has printed nothing that we know of.
      if (failure !== "other" || result.stderr.trim() === "") {
        throw new RemoteError(failure, this.#sentence(failure, result.stderr));
      }
    }
    if (result.exitCode === undefined && !timedOut && result.failed) {
      throw new RemoteError("other", this.#sentence("other", result.shortMessage ?? ""));
    }
    return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode ?? null, timedOut };
  }

  script(
    text: string,
    commandArguments: readonly string[] = [],
    options: Omit<RemoteOptions, "input" | "inputFile"> = {},
  ): Promise<RemoteResult> {
    return this.run(["sh", "-s", "--", ...commandArguments], { ...options, input: text });
  }

  /** Ends the shared connection; the next command opens a new one. Used before and after a reboot. */
  async close(): Promise<void> {
    const index = this.#words.indexOf("--");
    const words = [...this.#words.slice(0, index), "-O", "exit", ...this.#words.slice(index)];
    await execa("ssh", words, { reject: false, stdin: "ignore" });
  }

  #sentence(failure: RemoteFailure, stderr: string): string {
    const said = stderr.trim().split("\n").at(-1) ?? "";
    return `${this.description} ${failureSentences[failure]}${said === "" ? "" : ` (ssh said: ${said})`}`;
  }
}

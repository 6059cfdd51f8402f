/** The edge to another machine: one small interface, so that everything above it can be tested without a host. */

/** How a remote process ended. `exitCode` is null when the time limit or a signal ended it. */
export interface RemoteResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
}

export interface RemoteOptions {
  /** Text for the process's standard input; absent: empty input. */
  readonly input?: string;
  /** Path of a local file to be read as the process's standard input instead of `input`. */
  readonly inputFile?: string;
  /** After this many milliseconds the process is ended and `timedOut` is set. */
  readonly timeoutMs?: number;
  /** Told each line of a stream as it comes. */
  readonly onLine?: {
    readonly stream: "stdout" | "stderr";
    readonly tell: (line: string) => void;
  };
}

/** A machine on which commands are run as given: no shell of the caller's takes part in what the words mean. */
export interface Remote {
  /** For messages: where commands run, as in `n1 (root@127.0.0.1:24201)`. */
  readonly description: string;
  /** Runs one command. Never throws for a non-zero exit; throws RemoteError when the machine can't be reached. */
  run(command: readonly string[], options?: RemoteOptions): Promise<RemoteResult>;
  /** Runs a whole POSIX sh script (its text) with arguments: `sh -s -- ARGUMENT...`, the script on standard input. */
  script(
    text: string,
    commandArguments?: readonly string[],
    options?: Omit<RemoteOptions, "input" | "inputFile">,
  ): Promise<RemoteResult>;
}

/** Why a machine can't be used at all: each is a different thing for the user to do. */
export type RemoteFailure =
  | "unreachable"
  | "host-key-unknown"
  | "host-key-changed"
  | "permission-denied"
  | "other";

/** The machine can't be reached or does not let us in. The message is one sentence that tells what to do. */
export class RemoteError extends Error {
  readonly failure: RemoteFailure;

  constructor(failure: RemoteFailure, message: string) {
    super(message);
    this.name = "RemoteError";
    this.failure = failure;
  }
}

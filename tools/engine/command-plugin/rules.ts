/** The rules of `command:local:Command`: which inputs it takes, what a change of them means, what is run when. */
import { isDeepStrictEqual } from "node:util";
import { reveal } from "./secrets.ts";

/** The inputs of a local command, laid open. */
export interface CommandInputs {
  create?: string;
  update?: string;
  delete?: string;
  triggers?: unknown[];
  environment?: Record<string, string>;
  dir?: string;
  interpreter?: string[];
  stdin?: string;
  logging?: Logging;
  addPreviousOutputInEnv?: boolean;
}

/** The state of a local command: its inputs and what it last printed. */
export interface CommandState extends CommandInputs {
  stdout?: string;
  stderr?: string;
}

export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

const INPUTS = new Set<string>([
  "create",
  "update",
  "delete",
  "triggers",
  "environment",
  "dir",
  "interpreter",
  "stdin",
  "logging",
  "addPreviousOutputInEnv",
]);
const OUTPUTS = new Set(["stdout", "stderr"]);
const LOGGING: readonly string[] = ["stdout", "stderr", "stdoutAndStderr", "none"] satisfies Logging[];

/** What is wrong with the inputs, property by property. */
export function problems(inputs: Record<string, unknown>): { property: string; reason: string }[] {
  const unknown = Object.keys(inputs)
    .filter((key) => !INPUTS.has(key))
    .map((property) => ({
      property,
      reason:
        "the built engine's stand-in for the command plugin does not offer this; use the official pulumi",
    }));
  const logging = reveal(inputs.logging);
  if (logging === undefined || LOGGING.includes(String(logging))) return unknown;
  return [...unknown, { property: "logging", reason: `must be one of ${LOGGING.join(", ")}` }];
}

/** Whether a change of inputs needs a run, and whether by way of a replacement. */
export function difference(
  state: Record<string, unknown>,
  inputs: Record<string, unknown>,
): { changes: boolean; replaces: string[] } {
  const keys = new Set([...Object.keys(state), ...Object.keys(inputs)].filter((key) => !OUTPUTS.has(key)));
  const changed = [...keys].filter((key) => !isDeepStrictEqual(reveal(state[key]), reveal(inputs[key])));
  // A trigger asks for an update where there is a command for it, else for a new resource.
  const replaces = changed.includes("triggers") && inputs.update === undefined ? ["triggers"] : [];
  return { changes: changed.length > 0, replaces };
}

/** The variables a command finds, with what the command before it printed. */
export function environmentOf(inputs: CommandInputs, previous: CommandState | undefined): NodeJS.ProcessEnv {
  const handed =
    previous && inputs.addPreviousOutputInEnv !== false
      ? { PULUMI_COMMAND_STDOUT: previous.stdout ?? "", PULUMI_COMMAND_STDERR: previous.stderr ?? "" }
      : {};
  return { ...process.env, ...handed, ...inputs.environment };
}

/** Which streams of a command are shown while it runs. */
export function shown(logging: Logging | undefined): { stdout: boolean; stderr: boolean } {
  const both = logging === undefined || logging === "stdoutAndStderr";
  return { stdout: both || logging === "stdout", stderr: both || logging === "stderr" };
}

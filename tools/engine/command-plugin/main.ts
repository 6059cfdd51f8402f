/**
 * A stand-in for Pulumi's `command` plugin, whose own build is not to be had from a package registry. It keeps the
 * documented behaviour of `local.Command`; whatever it does not offer it refuses before anything is changed.
 */
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
// The server alone: the whole SDK would double the time in which this plugin starts.
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { main } from "@pulumi/pulumi/provider/server.js";
import { whenOrphaned } from "../orphan.ts";
import { engineLog } from "./log.ts";
import { type CommandInputs, type CommandState, difference, problems } from "./rules.ts";
import { interruptAll, runCommand } from "./run.ts";
import { holdsSecret, reveal, secret } from "./secrets.ts";

type Properties = Record<string, unknown>;

const TYPE = "command:local:Command";
const { version } = createRequire(import.meta.url)("@pulumi/command/package.json") as { version: string };
const log = engineLog(process.argv.slice(2).find((argument) => !argument.startsWith("-")));

function refuseOtherTypes(urn: string): void {
  const type = urn.split("::")[2]?.split("$").at(-1);
  if (type === TYPE) return;
  throw new Error(`the built engine's stand-in for the command plugin offers only ${TYPE}, not ${type}`);
}

/** Runs a command and gives the resource's new state: its inputs and what was printed. */
async function run(
  urn: string,
  command: string | undefined,
  inputs: Properties,
  previous?: CommandState,
): Promise<Properties> {
  const printed =
    command === undefined
      ? { stdout: previous?.stdout ?? "", stderr: previous?.stderr ?? "" }
      : await runCommand(command, reveal(inputs) as CommandInputs, previous, (line) => log(urn, line));
  const kept = holdsSecret(inputs) ? secret : (text: unknown) => text;
  return { ...inputs, stdout: kept(printed.stdout), stderr: kept(printed.stderr) };
}

const provider: Provider = {
  version,
  async check(urn: string, _state: Properties, inputs: Properties) {
    refuseOtherTypes(urn);
    return { inputs, failures: problems(inputs) };
  },
  async diff(_id: string, _urn: string, state: Properties, inputs: Properties) {
    return difference(state, inputs);
  },
  async create(urn: string, inputs: Properties) {
    const { create } = reveal(inputs) as CommandInputs;
    return { id: `command${randomBytes(4).toString("hex")}`, outs: await run(urn, create, inputs) };
  },
  async update(_id: string, urn: string, state: Properties, inputs: Properties) {
    const { create, update } = reveal(inputs) as CommandInputs;
    return { outs: await run(urn, update ?? create, inputs, reveal(state) as CommandState) };
  },
  async delete(_id: string, urn: string, state: Properties) {
    const previous = reveal(state) as CommandState;
    await run(urn, previous.delete, state, previous);
  },
  async cancel() {
    interruptAll();
  },
};

whenOrphaned(() => {
  interruptAll();
  process.exit(1);
});

await main(provider, process.argv.slice(2));

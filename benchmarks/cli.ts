/** The command line `testbed`. Only wires; each command is one file in commands/. */
import { Command, CommanderError } from "commander";
import { RemoteError } from "../infra/remote/remote.ts";
import { activateCommand, releaseCommand } from "./commands/activate.ts";
import { claimsCommand } from "./commands/claims.ts";
import { compareCommand } from "./commands/compare.ts";
import { exportCommand } from "./commands/export.ts";
import { fingerprintCommand } from "./commands/fingerprint.ts";
import { listCommand } from "./commands/list.ts";
import { parseCommand } from "./commands/parse.ts";
import { reapCommand } from "./commands/reap.ts";
import { reportCommand } from "./commands/report.ts";
import { resultsCommand } from "./commands/results.ts";
import { runCommand } from "./commands/run.ts";
import { statusCommand } from "./commands/status.ts";
import { UserError } from "./input.ts";
import { RunInterrupted } from "./runner/run.ts";

/** Exit status of wrong use, and that of a run ended by Ctrl-C as shells have it. */
const wrongUseStatus = 2;
const interruptedStatus = 130;

const program = new Command("testbed")
  .description("Runs the benchmark suite in the environments of an inventory and shows what came out")
  .exitOverride()
  .configureOutput({ writeErr: () => undefined });
for (const command of [
  runCommand(),
  resultsCommand(),
  reportCommand(),
  statusCommand(),
  activateCommand(),
  releaseCommand(),
  fingerprintCommand(),
  compareCommand(),
  exportCommand(),
  claimsCommand(),
  listCommand(),
  parseCommand(),
  reapCommand(),
]) {
  program.addCommand(command.exitOverride().configureOutput({ writeErr: () => undefined }));
}

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const sentence = error.message.replace(/^error: /, "");
      process.stderr.write(
        error.code === "commander.help" ? program.helpInformation() : `testbed: ${sentence}\n`,
      );
      return wrongUseStatus;
    }
    if (!(error instanceof Error)) throw error;
    const isOurs =
      error instanceof UserError || error instanceof RemoteError || error instanceof RunInterrupted;
    process.stderr.write(`testbed: ${isOurs ? error.message : (error.stack ?? error.message)}\n`);
    if (error instanceof RunInterrupted) return interruptedStatus;
    return error instanceof UserError ? error.exitStatus : 1;
  }
}

/** A pipe takes text no faster than its reader does, and what it has not taken yet is lost at the exit. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

// A reader that has enough, as `head`, closes the pipe: nothing went wrong.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
const status = await main();
await Promise.all([process.stdout, process.stderr].map(written));
// A launch that was broken off may still have an ssh under way, which would keep the process alive until its time limit.
process.exit(status);

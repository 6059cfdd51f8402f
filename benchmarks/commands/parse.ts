/** `testbed parse FILE...`: people's own outputs as one JSON document, an array with one object a file. */
import { Command, Option } from "commander";
import { filePieces } from "../parsers/file-pieces.ts";
import { type ToolKind, toolKindSchema } from "../parsers/outcome.ts";
import { reportOnPieces } from "../parsers/tools.ts";

export function parseCommand(): Command {
  return new Command("parse")
    .description(
      "read outputs of perftest (text and JSON), ivshmem_latency, the OSU micro-benchmarks, NPB, Graph500, LAMMPS and SPEC MPI2007 and print their measurements as JSON; status 1 when one is invalid",
    )
    .argument("<file...>", "files with what the program printed; - is standard input")
    .addOption(
      new Option("--kind <kind>", "the tool that printed them; absent: told from each text").choices(
        toolKindSchema.options,
      ),
    )
    .action((files: string[], { kind }: { kind?: ToolKind }) => {
      const reports = files.map((file) => reportOnPieces(file, filePieces(file), kind ?? null));
      process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
      process.exitCode = reports.every((report) => report.status === "ok") ? 0 : 1;
    });
}

/** `testbed parse FILE...`: people's own outputs as one JSON document, an array with one object a file. */
import { Command } from "commander";
import { filePieces } from "../parsers/file-pieces.ts";
import { reportOnPieces } from "../parsers/tools.ts";

export function parseCommand(): Command {
  return new Command("parse")
    .description(
      "read outputs of perftest (text and JSON), ivshmem_latency, the OSU micro-benchmarks, NPB, Graph500, LAMMPS and SPEC MPI2007 and print their measurements as JSON; status 1 when one is invalid",
    )
    .argument("<file...>", "files with what the program printed; - is standard input")
    .action((files: string[]) => {
      const reports = files.map((file) => reportOnPieces(file, filePieces(file)));
      process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
      process.exitCode = reports.every((report) => report.status === "ok") ? 0 : 1;
    });
}

/** `testbed export`: a run for other tools, as tables and as an RO-Crate. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { type ExportFormat, exportFormats, exportResultSet } from "../export/export.ts";
import { requireFree } from "../export/folder.ts";
import { UserError } from "../input.ts";
import { readResultSet } from "../result-set/read.ts";

interface Options {
  readonly output: string;
  readonly format: ExportFormat[];
  readonly license?: string;
  readonly agent?: string;
  readonly agentUrl?: string;
}

export function exportCommand(): Command {
  return new Command("export")
    .description(
      "write a run's measurements as CSV and JSON Lines, and the run as an RO-Crate, to a new folder",
    )
    .argument("<results>", "folder of a finished run")
    .requiredOption("-o, --output <folder>", "the new folder; it is written whole or not at all")
    .addOption(
      new Option("--format <format...>", "what it holds").choices(exportFormats).default([...exportFormats]),
    )
    .option("--license <url>", "licence of the data; absent: none is named")
    .option("--agent <name>", "who did the run; absent: nobody is named")
    .option("--agent-url <url>", "a page that identifies them, such as an ORCID")
    .action((results: string, options: Options) => {
      const folder = resolve(options.output);
      requireFree(folder);
      const license = options.license === undefined ? null : requireUrl("--license", options.license);
      const agentUrl = options.agentUrl === undefined ? null : requireUrl("--agent-url", options.agentUrl);
      if (agentUrl !== null && options.agent === undefined) {
        throw new UserError("--agent-url needs --agent: a page alone names nobody", 2);
      }
      exportResultSet(readResultSet(resolve(results)), folder, {
        formats: options.format,
        exporterVersion: packageJson.version,
        license,
        agent: options.agent === undefined ? null : { name: options.agent, url: agentUrl },
      });
      process.stderr.write(`written: ${folder}\n`);
    });
}

function requireUrl(option: string, text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) {
    throw new UserError(
      `${option} is "${text}" and should be a URL, as in https://spdx.org/licenses/CC-BY-4.0`,
      2,
    );
  }
  return text;
}

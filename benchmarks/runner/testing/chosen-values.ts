/** Sides that print, for each launch of send latency, the value that a test chooses. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RemoteOptions, RemoteResult } from "../../../infra/remote/remote.ts";
import { runFiles } from "../run-directory.ts";
import type { Launch } from "../schedule.ts";
import { InstantRemote } from "./remotes.ts";

/** The launch is the one that the ledger says was started last, so that a continued run gets the same values. */
export class ChosenValues extends InstantRemote {
  readonly #directory: string;
  readonly #valueUs: (launch: Launch) => number;

  /** @param valueUs typical latency, between the 13.73 and the 128.1 that the text has as its extremes */
  constructor(directory: string, valueUs: (launch: Launch) => number) {
    super();
    this.#directory = directory;
    this.#valueUs = valueUs;
  }

  override async run(command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    const result = await super.run(command, options);
    if (!result.stdout.includes("t_typical")) return result;
    const lines = readFileSync(join(this.#directory, runFiles.ledger), "utf8").split("\n");
    const started = lines.findLast((line) => line.startsWith('{"event":"started"'));
    if (started === undefined) throw new Error("nothing was started");
    const launch = JSON.parse(started) as Launch;
    return { ...result, stdout: result.stdout.replace(" 24.58 ", ` ${this.#valueUs(launch).toFixed(2)} `) };
  }
}

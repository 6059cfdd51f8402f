/**
 * What reading large outputs costs: seconds and peak memory of `testbed parse` on files of 10 and of 100 MB, each in a process of
 * its own. `node benchmarks/bench/parsing.ts`, a line a file and JSON as the last line.
 *
 * Which OSU outputs are that large: sizes double from row to row and are exact integers, so a sound table has at most 54 rows.
 * Larger ones are tables that go on and on, and the log of a loop of runs; both are refused, at the first line too many. So that
 * reading to the very end is measured too there are files that are sound: perftest's list of samples and LAMMPS' log of all steps.
 */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCommand } from "../commands/parse.ts";

/** What reading one file took. */
export interface Parsing {
  readonly what: string;
  readonly fileMegabytes: number;
  readonly seconds: number;
  readonly peakMemoryMegabytes: number;
  readonly status: string;
}

/** What parsing.ts prints as its last line. */
export interface ParsingCost {
  readonly files: readonly Parsing[];
  /** The largest time of a file of 100 MB. */
  readonly slowestSeconds: number;
  /** The largest peak memory of a file of 100 MB over that of the same kind of 10 MB. */
  readonly memoryRatio: number;
}

const megabyte = 1_000_000;
const fileMegabytes = [10, 100] as const;

const fixture = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../parsers/fixtures/${name}`, import.meta.url)), "utf8");

/** A text around a part that is as long as it has to be. */
interface LargeText {
  readonly what: string;
  readonly before: string;
  /** The lines of the long part, by their number from 0. */
  readonly line: (index: number) => string;
  readonly after: (lines: number) => string;
}

const osu = fixture("osu/5.3/osu_latency.txt");
const samples = fixture("perftest/4.5/ib_send_lat-H.client.txt").split("#, usec\n");
const lammps = fixture("lammps/29Sep2021/lj.np4.screen.txt");
const thermodynamics = /^ +0 .*\n +100 .*\n/m;
const [lammpsBefore = "", lammpsAfter = ""] = lammps.split(thermodynamics);
const loopSeconds = 1.60477;

const largeTexts: readonly LargeText[] = [
  { what: "osu_latency, one run after the other", before: "", line: () => osu, after: () => "" },
  {
    what: "osu_latency, a table that goes on",
    before: osu,
    line: (index) => `${String(2 ** 22 + index + 1).padEnd(10)}${"528.86".padStart(20)}\n`,
    after: () => "",
  },
  {
    what: "ib_send_lat -H, every sample",
    before: `${samples[0]}#, usec\n`,
    line: (index) => `${index + 1}, ${(10 + (index % 97) / 10).toFixed(6)}\n`,
    after: () => samples[1]?.replace(/^(?:\d+, .*\n)*/, "") ?? "",
  },
  {
    what: "LAMMPS, every step",
    before: lammpsBefore,
    line: (index) =>
      `${String(index).padStart(8)}    1.6645643   -5.9010321            0   -3.4043167   -1.4413296 \n`,
    after: (lines) =>
      lammpsAfter
        .replace("100 steps", `${lines - 1} steps`)
        .replace(/[\d.]+ timesteps\/s/, `${((lines - 1) / loopSeconds).toFixed(3)} timesteps/s`),
  },
];

/** Writes the text with as many lines as make up the size. */
function writeLargeText(path: string, { before, line, after }: LargeText, bytes: number): void {
  const descriptor = openSync(path, "w");
  writeSync(descriptor, before);
  let lines = 0;
  for (let written = before.length; written < bytes; ) {
    let piece = "";
    while (piece.length < megabyte / 4) piece += line(lines++);
    written += writeSync(descriptor, piece);
  }
  writeSync(descriptor, after(lines));
  closeSync(descriptor);
}

/** Reads the file as the command does and says on standard error what that took. */
async function parseHere(path: string): Promise<void> {
  const begun = performance.now();
  await parseCommand().parseAsync([path], { from: "user" });
  const seconds = (performance.now() - begun) / 1000;
  process.stderr.write(JSON.stringify({ seconds, maxRssKibibytes: process.resourceUsage().maxRSS }));
  process.exitCode = 0;
}

function measure(text: LargeText, megabytes: number, folder: string): Parsing {
  const path = join(folder, "large.txt");
  const costPath = join(folder, "cost.json");
  writeLargeText(path, text, megabytes * megabyte);
  const cost = openSync(costPath, "w");
  const output = execFileSync(process.execPath, [import.meta.filename, path], {
    stdio: ["ignore", "pipe", cost],
    encoding: "utf8",
  });
  closeSync(cost);
  const { seconds, maxRssKibibytes } = JSON.parse(readFileSync(costPath, "utf8")) as {
    seconds: number;
    maxRssKibibytes: number;
  };
  const [report] = JSON.parse(output) as { status: string; problems: { line: number }[] }[];
  const place = report?.problems[0]?.line;
  return {
    what: text.what,
    fileMegabytes: megabytes,
    seconds,
    peakMemoryMegabytes: (maxRssKibibytes * 1024) / megabyte,
    status: place === undefined ? (report?.status ?? "") : `${report?.status} in line ${place}`,
  };
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "testbed-parsing-"));
  try {
    const files = largeTexts.flatMap((text) =>
      fileMegabytes.map((megabytes) => {
        const file = measure(text, megabytes, folder);
        const numbers = `${file.seconds.toFixed(2)} s, ${file.peakMemoryMegabytes.toFixed(0)} MB of memory`;
        process.stdout.write(`${file.what}, ${megabytes} MB: ${numbers}, ${file.status}\n`);
        return file;
      }),
    );
    const large = files.filter((file) => file.fileMegabytes === fileMegabytes[1]);
    const ratios = large.map(({ what, peakMemoryMegabytes }) => {
      const small = files.find((file) => file.what === what && file.fileMegabytes === fileMegabytes[0]);
      return peakMemoryMegabytes / (small?.peakMemoryMegabytes ?? Number.NaN);
    });
    const cost: ParsingCost = {
      files,
      slowestSeconds: Math.max(...large.map(({ seconds }) => seconds)),
      memoryRatio: Math.max(...ratios),
    };
    process.stdout.write(`${JSON.stringify(cost)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [path] = process.argv.slice(2);
if (path === undefined) main();
else await parseHere(path);

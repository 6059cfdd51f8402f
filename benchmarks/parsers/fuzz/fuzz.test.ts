import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { mutatedText, runCampaign } from "./campaign.ts";
import { type Mutated, mutations } from "./mutations.ts";
import { violation } from "./oracle.ts";
import { randomOf } from "./random.ts";
import { loadCorpus, type SoundText } from "./texts.ts";

const seed = 20261123;
const corpus = loadCorpus();
const sound = (name: string): SoundText =>
  corpus.sound.find((text) => text.name === name) ?? expect.fail(`no text ${name}`);

describe("the corpus", () => {
  test("holds sound texts of every tool, with their rows", () => {
    const kinds = new Set(corpus.sound.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(["graph500", "lammps", "npb", "osu", "perftest", "specmpi"]);
    expect(corpus.sound.length).toBeGreaterThan(130);
    expect(corpus.errors.length).toBeGreaterThan(30);
    const { rows, lineStarts, text, title } = sound("osu/7.4/osu_latency-c.txt");
    expect(rows.map((line) => text.slice(lineStarts[line - 1]).split(" ")[0])).toEqual(
      Array.from({ length: rows.length }, (_, index) => String(2 ** index)),
    );
    expect(text.slice(title.start, title.end)).toMatch(/^# OSU MPI Latency Test v7\.4\n$/);
  });

  test("knows where rows can be lost without that showing", () => {
    expect(sound("osu/5.3/osu_latency.txt").losableRows).toBe("none");
    expect(sound("osu/5.3/osu_bcast.txt").losableRows).toBe("ends");
    expect(sound("testbed/1.0/latency.txt").losableRows).toBe("any");
    expect(sound("npb/3.4/cg.S.np4.txt").losableRows).toBe("none");
  });
});

describe("mutations", () => {
  test.each(Object.entries(mutations))(
    "%s: the same numbers give the same text, others another",
    (_name, mutate) => {
      const of = (caseNumber: number): Mutated => mutate(corpus, randomOf(seed, caseNumber));
      expect(of(7)).toEqual(of(7));
      expect(new Set(Array.from({ length: 50 }, (_, index) => of(index).text)).size).toBeGreaterThan(40);
    },
  );

  test("every kind is drawn about as often, and every text", () => {
    const cases = Array.from({ length: 4000 }, (_, index) => mutatedText(corpus, seed, index));
    const kinds = Object.groupBy(cases, ({ mutation }) => mutation);
    for (const name of Object.keys(mutations)) expect(kinds[name]?.length).toBeGreaterThan(200);
    for (const { name } of corpus.sound) expect(cases.some(({ what }) => what.includes(name))).toBe(true);
  });
});

describe("the oracle", () => {
  const one = sound("osu/7.4/osu_latency-c.txt");
  const wrongOf = (text: string, expectation: Mutated["expectation"]): string | null =>
    violation({ text, what: "", expectation }).wrong;

  test("a sound text is wrong where a refusal is due, and right as itself", () => {
    expect(wrongOf(one.text, { rule: "refused" })).toMatch(/had to be refused/);
    expect(wrongOf(one.text, { rule: "same", of: one, rows: one.rows })).toBeNull();
    expect(wrongOf(one.text, { rule: "printed", of: one, sameTable: true })).toBeNull();
    expect(wrongOf("words\n", { rule: "refused" })).toBeNull();
  });

  test("a row too few or too many is told", () => {
    const fewer = { rule: "same", of: one, rows: one.rows.slice(1) } as const;
    expect(wrongOf(one.text, fewer)).toMatch(/accepted with avg of 1 bytes: .* where avg of 2 bytes/);
    const other = sound("osu/7.4/osu_bw-c.txt");
    expect(wrongOf(one.text, { rule: "printed", of: other, sameTable: true })).toMatch(
      /avg in us where avg in MB/,
    );
  });

  const parsed = { problems: [], warnings: [], program: null, version: null };
  const row = { statistic: "avg", unit: "us", sizeBytes: 8, line: 1 };
  test.each<[string, string, () => { measurements: (typeof row & { value: string })[] }, RegExp]>([
    [
      "a number that stands nowhere",
      "8 1.00\n",
      () => ({ measurements: [{ ...row, value: "2.00" }] }),
      /avg 2\.00 is not in line 1/,
    ],
    [
      "part of a number",
      "8 21.00\n",
      () => ({ measurements: [{ ...row, value: "1.00" }] }),
      /is not in line 1/,
    ],
    [
      "a number of another line",
      "8 1.00\n9 2.00\n",
      () => ({ measurements: [{ ...row, value: "2.00" }] }),
      /is not in line 1/,
    ],
    [
      "another size",
      "9 1.00\n",
      () => ({ measurements: [{ ...row, value: "1.00" }] }),
      /size 8 is not that of line 1/,
    ],
    ["nothing", "8 1.00\n", () => ({ measurements: [] }), /without measurements/],
    [
      "a crash",
      "",
      () => {
        throw new RangeError("too deep");
      },
      /crashed: RangeError: too deep/,
    ],
  ])("a parser that gives %s is told", (_name, text, parse, message) => {
    const expectation = { rule: "printed", of: one, sameTable: false } as const;
    expect(violation({ text, what: "", expectation }, () => ({ ...parsed, ...parse() })).wrong).toMatch(
      message,
    );
  });

  test("a refusal with measurements, and one without a reason, are told", () => {
    const mutated: Mutated = { text: "", what: "", expectation: { rule: "refused" } };
    const problems = [{ line: null, message: "no" }];
    const measurements = [{ ...row, value: "1.00" }];
    expect(violation(mutated, () => ({ ...parsed, problems, measurements })).wrong).toMatch(/but with/);
    expect(
      violation(mutated, () => ({ ...parsed, problems: [{ line: null, message: "" }], measurements: [] }))
        .wrong,
    ).toMatch(/without a reason/);
  });
});

describe("a campaign", () => {
  test("finds no violation, and every kind has refusals", () => {
    const summary = runCampaign(corpus, { cases: 4000, seed });
    expect(summary.violations).toEqual([]);
    for (const { cases, refused } of summary.counts.values()) {
      expect(refused).toBeGreaterThan(0.8 * cases);
      expect(refused).toBeLessThanOrEqual(cases);
    }
  });

  test("a parser that refuses nothing shows in what each kind finds", () => {
    const accepting = () => ({
      ...sound("osu/7.4/osu_bw-c.txt"),
      problems: [],
      warnings: [],
      program: null,
      version: null,
    });
    const found = runCampaign(corpus, { cases: 500, seed }, undefined, accepting).violations;
    expect(new Set(found.map(({ mutation }) => mutation))).toEqual(new Set(Object.keys(mutations)));
  });

  const run = fileURLToPath(new URL("./run.ts", import.meta.url));
  test("on the command line: one line of counts, and any case's text again", () => {
    const output = execFileSync(process.execPath, [run, "--cases", "300", "--seed", "5"], {
      encoding: "utf8",
    });
    expect(output).toMatch(/^300 cases, seed 5, [\d.]+ s, 0 violations \(cut at the end .*\)\n$/);
    const text = execFileSync(process.execPath, [run, "--seed", "5", "--case", "42"], { encoding: "utf8" });
    expect(text).toBe(mutatedText(corpus, 5, 42).text);
    const wrong = spawnSync(process.execPath, [run, "--cases", "many"], { encoding: "utf8" });
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining('not "many"') as string });
  });
});

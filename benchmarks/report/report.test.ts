import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readResultSet } from "../result-set/read.ts";
import type { SuiteInput } from "../suite.ts";
import { exampleSuite, writeExampleRun } from "./testing/example-run.ts";
import { pageOf, writeReport } from "./write-report.ts";

const suite: SuiteInput = {
  ...exampleSuite,
  benchmarks: ["ib_send_lat", "ib_read_lat", "ib_write_lat", "ib_write_bw", "nas-ep", "lammps-lj"],
  sizesBytes: [64, 512, 4096],
  launches: 10,
};
const reason = 'refused <b>by</b> "n1" & others';
let folder: string;
const runs = { emulated: "", hardware: "" };
const pages = { emulated: "", hardware: "" };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-report-"));
  runs.emulated = writeExampleRun(folder, {
    fidelity: "emulated",
    suite,
    stack: "emulated",
    unfair: "container-passthrough",
    reason,
  });
  runs.hardware = writeExampleRun(folder, { fidelity: "hardware", suite, stack: "hardware", reason });
  for (const fidelity of ["emulated", "hardware"] as const) {
    pages[fidelity] = pageOf(readResultSet(runs[fidelity]));
  }
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The text of one section or figure of a page. */
function part(page: string, id: string): string {
  const found = new RegExp(`<(section|figure)[^>]* id="${id}".*?</\\1>`, "s").exec(page)?.[0];
  if (found === undefined) throw new Error(`the page has no part ${id}`);
  return found;
}

describe("the page", () => {
  test("needs nothing else: no script, no address, no file", () => {
    for (const page of Object.values(pages)) {
      expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)|https?:/i);
    }
  });

  test("is the same for the same data", () => {
    expect(pageOf(readResultSet(runs.emulated))).toBe(pages.emulated);
  });

  test("shows text as text", () => {
    expect(pages.hardware).toContain("refused &lt;b&gt;by&lt;/b&gt; &quot;n1&quot; &amp; others");
    expect(pages.hardware).not.toContain("<b>by</b>");
  });

  test("has each id once, and every name that a drawing refers to", () => {
    const ids = [...pages.hardware.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, labels = ""] of pages.hardware.matchAll(/aria-labelledby="([^"]+)"/g)) {
      for (const label of labels.split(" ")) expect(ids).toContain(label);
    }
  });

  test("lies where it is told to, and a run's folder is as it was", () => {
    const path = join(folder, "page.html");
    writeReport(runs.emulated, path);
    expect(readFileSync(path, "utf8")).toBe(pages.emulated);
    expect(existsSync(join(runs.emulated, "report.html"))).toBe(false);
    expect(() => writeReport(runs.emulated, join(folder, "nowhere", "page.html"))).toThrow(
      /^the report can't be written to .*nowhere/,
    );
  });
});

describe("what the data are", () => {
  test("emulated: the page and each drawing and its description say so, and claims are a rehearsal", () => {
    const drawings = pages.emulated.match(/<svg class="drawing".*?<\/svg>/gs) ?? [];
    expect(drawings.length).toBeGreaterThan(10);
    for (const drawing of drawings) expect(drawing).toMatch(/<text class="stamp"[^>]*>EMULATED</);
    expect(pages.emulated).toMatch(/<svg class="watermark".*EMULATED/);
    const claims = part(pages.emulated, "claims");
    const verdicts = claims.match(/<span class="verdict[^<]*</g) ?? [];
    expect(verdicts).toHaveLength(41);
    for (const verdict of verdicts) expect(verdict).toContain("(rehearsal)");
  });

  test("hardware: nothing of it", () => {
    expect(pages.hardware).not.toContain("EMULATED");
    expect(part(pages.hardware, "claims")).not.toMatch(/rehearsal/i);
  });
});

describe("how it came about", () => {
  test("the summary tells how the run ended", () => {
    for (const page of Object.values(pages)) {
      expect(part(page, "summary")).toContain("The run ended as planned, after 10 launches of each cell.");
    }
  });

  test("a run that has not ended says that its numbers may change", () => {
    const set = readResultSet(runs.hardware);
    if (set.fidelity !== "hardware") throw new Error("the example is of hardware");
    const unfinished = { ...set, results: { ...set.results, complete: false, ending: null } };
    expect(part(pageOf(unfinished), "summary")).toContain("The run is not complete");
  });

  test("the method tells when an adaptive run stops", () => {
    const set = readResultSet(runs.hardware);
    if (set.fidelity !== "hardware") throw new Error("the example is of hardware");
    const stop = { relativeWidth: 0.05, maximumLaunches: 40, budgetMinutes: 90 };
    const adaptive = { ...set, plan: { ...set.plan, suite: { ...set.plan.suite, stop } } };
    expect(part(pageOf(adaptive), "method")).toContain(
      "10 to 40 blocks, until the interval of every cell’s median is no wider than 5\u00a0% of it, or 90\u00a0min are spent, each with",
    );
  });

  test("every program that was run is told with version, digest and environments", () => {
    const method = part(pages.hardware, "method");
    expect(method).toContain("/usr/bin/ib_send_lat");
    expect(method).toMatch(
      /<td>6\.24<\/td><td>no source of the suite<\/td><td><code title="4{64}">4{12}<\/code><\/td><td>Native, VM-PT, VM-SR-IOV and Container-PT<\/td>/,
    );
  });

  test("what the suite's launches can't bear stands in the summary", () => {
    const set = readResultSet(runs.hardware);
    if (set.fidelity !== "hardware") throw new Error("the example is of hardware");
    const { warnings } = set.results;
    const warned = { ...set, results: { ...set.results, warnings: [...warnings, "Too few, by far."] } };
    expect(part(pageOf(warned), "summary")).toContain("<li>Too few, by far.</li>");
  });
});

describe("what is not there", () => {
  test("cells without a number are crosses in the drawing, words below it, and rows of the ledger", () => {
    const figure = part(pages.hardware, "figure-4");
    expect(figure.match(/class="gap /g)).toHaveLength(4);
    expect(figure).toContain("VM-SR-IOV at 4\u00a0KiB (refused)");
    expect(figure).toContain("Container-PT at every size (not available)");
    const ledger = part(pages.hardware, "ledger");
    expect(ledger).toContain("ib_read_lat at 4\u00a0KiB; nas-ep");
    expect(ledger).toContain("ib_write_bw is not installed in container-passthrough &lt;n1&gt;");
  });

  test("one launch has a mark and no interval, and the reason is told", () => {
    const figure = part(pages.hardware, "figure-4");
    expect(figure).toMatch(/VM-PT, 512\u00a0B: [\d.]+\u00a0µs \(no interval\), n = 1</);
    expect(figure).toContain("needs 6 launches, there is 1");
  });

  test("figures whose benchmarks were not planned say so", () => {
    expect(part(pages.hardware, "figure-7")).toContain("Not part of this run: MPI broadcast, MPI allgather");
  });

  test("environments that are not alike have no ratio, and the page says why", () => {
    const [ratio] = [/Container-PT over Native/];
    expect(pages.hardware).toMatch(ratio);
    expect(pages.emulated).not.toMatch(ratio);
    expect(part(pages.emulated, "figure-4")).toContain("Not compared with Native: Container-PT");
    expect(part(pages.emulated, "environments")).toContain("path MTU");
  });
});

describe("sentences", () => {
  test("a difference has its interval, and none found has the one that could have been", () => {
    const figure = part(pages.hardware, "figure-4");
    expect(figure).toMatch(
      /VM-SR-IOV is slower than Native at all 3 sizes, by [\d.]+\u00a0% \([\d.]+ to [\d.]+\u00a0%\)/,
    );
    expect(figure).toMatch(
      /no difference was found[^.]*\(one of [\d.]+\u00a0%.* would have been found with a probability of 80\u00a0%\)/,
    );
  });

  test("nothing is ever called the same", () => {
    const said = ["summary", "figure-4", "figure-8"].map((id) => part(pages.hardware, id)).join("");
    expect(said).not.toMatch(/\b(the same|equal|identical) (as|to) /);
  });
});

test("applications have dots and no line between environments", () => {
  const figure = part(pages.hardware, "figure-8");
  expect(figure).toContain('class="mark');
  expect(figure).not.toContain('class="curve');
});

test("LAMMPS' time in communication is a figure of its own", () => {
  expect(part(pages.hardware, "figure-9")).toContain("LAMMPS Lennard-Jones melt: communication");
});

import { afterAll, describe, expect, test } from "vitest";
import { parseNpb } from "../parsers/npb.ts";
import { fixtureTexts, valuesOf } from "../parsers/testing/fixtures.ts";
import { buildDriver, makeFolder, noCompiler, run, titled } from "./testing/programs.ts";

const folder = makeFolder();
afterAll(folder.remove);

/** The lines of a text that tell what was found, not how fast. */
const findings = (text: string): readonly string[] =>
  text.split("\n").filter((line) => /^(?: {2}\d |No\. Gaussian)|Verification/.test(line));

describe.skipIf(noCompiler !== null)(titled("EP without MPI", noCompiler), () => {
  test("class S: the published sums, in whatever parts they are made", { timeout: 60_000 }, async () => {
    const driver = buildDriver(folder.path, "sums");
    const real = fixtureTexts("npb").get("3.4/ep.S.np4.txt") ?? "";
    for (const parts of [1, 7]) {
      const { stdout } = await run(driver, `${parts}`, "S");
      expect(stdout).not.toContain("taken for right");
      expect(stdout).toMatch(/^Sums = {4}-3\.24783465203\d+D\+03 {3}-6\.95840707838\d+D\+03$/m);
      expect(findings(stdout)).toEqual(findings(real));
      const outcome = parseNpb(stdout);
      expect(outcome.problems).toEqual([]);
      expect(valuesOf(outcome, null)).toEqual({ "time s": "1.25", "rate Mop/s": "26.84" });
    }
  });
});

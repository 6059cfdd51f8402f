import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLammps } from "./lammps.ts";
import { replaced, valuesNotInTheirLines, valuesOf } from "./testing/fixtures.ts";
import { seed, testChangedByte, testEveryCut, testRefusals, toolTexts } from "./testing/properties.ts";
import { reportOnText } from "./tools.ts";

const tool = toolTexts("lammps", (name) => !name.startsWith("errors/"));
const { names, results, read } = tool;
const screen = read("29Sep2021/lj.np4.screen.txt");

describe("real outputs", () => {
  test("the fixtures are those of the corpus", () => {
    expect(names).toHaveLength(8);
    expect(results).toHaveLength(4);
  });

  test.each(results)("%s is read whole", (name) => {
    const text = read(name);
    const outcome = parseLammps(text);
    expect(outcome).toMatchObject({ problems: [], program: "lmp", version: "29 Sep 2021 - Update 2" });
    expect(outcome.warnings.map(({ message }) => message)).toEqual(
      name.includes("chain") ? [expect.stringMatching(/^WARNING: Communication cutoff/)] : [],
    );
    expect(outcome.measurements).toHaveLength(5);
    expect(valuesNotInTheirLines(text, outcome)).toEqual([]);
    expect(reportOnText(name, text)).toMatchObject({ kind: "lammps", status: "ok" });
  });

  testRefusals(tool, parseLammps);

  test("screen and log say the same", () => {
    const expected = {
      "time s": "1.60477",
      "rate tau/day": "26919.719",
      "rate timesteps/s": "62.314",
      "comm s": "1.036",
      "comm %": "64.56",
    };
    expect(valuesOf(parseLammps(screen), null)).toEqual(expected);
    expect(valuesOf(parseLammps(read("29Sep2021/lj.np4.log.txt")), null)).toEqual(expected);
  });

  test("an error is the refusal's reason", () => {
    expect(parseLammps(read("errors/lammps-29Sep2021/badcmd.txt")).problems).toEqual([
      { line: 4, message: "ERROR: Unknown command: nonsense 1 2 (src/input.cpp:274)" },
    ]);
  });
});

describe("variants that the corpus has no file of", () => {
  test("metal units, and the rate of atoms that later releases add", () => {
    const metal = replaced(
      screen,
      "26919.719 tau/day, 62.314 timesteps/s",
      "10.477 ns/day, 2.291 hours/ns, 62.314 timesteps/s, 1.994 Matom-step/s",
    );
    expect(valuesOf(parseLammps(metal), null)).toMatchObject({
      "rate ns/day": "10.477",
      "rate timesteps/s": "62.314",
    });
  });

  test("labels of ranks are taken off", () => {
    const labelled = `${screen.slice(0, -1).replace(/^/gm, "[0] ")}\n`;
    expect(parseLammps(labelled)).toEqual(parseLammps(screen));
    expect(reportOnText("f", labelled).kind).toBe("lammps");
  });
});

describe("texts that were damaged", () => {
  const sections = /^Pair[\s\S]*^Other.*\n/m.exec(screen)?.[0] ?? "";

  test.each<[string, string, RegExp]>([
    ["empty", "", /empty/],
    ["no first line", replaced(screen, /^LAMMPS.*\n/, ""), /LAMMPS \(release\)/],
    [
      "an error in the set-up",
      replaced(screen, "Created 32000", "ERROR: Lost atoms\n$&"),
      /^ERROR: Lost atoms/,
    ],
    ["an error in the run", replaced(screen, /^ +100 /m, "ERROR: Lost atoms\n$&"), /^ERROR: Lost atoms/],
    ["no loop time", replaced(screen, /^Loop.*\n/m, ""), /finite numbers/],
    ["no performance", replaced(screen, /^Performance.*\n/m, ""), /the performance expected/],
    ["no communication", replaced(screen, /^Comm.*\n/m, ""), /no section Comm/],
    ["no wall time", replaced(screen, /^Total wall.*\n/m, ""), /ends where the run's counts/],
    ["nan in a row", replaced(screen, "-5.7585055", "      -nan"), /finite numbers/],
    ["inf as loop time", replaced(screen, "1.60477", "inf"), /positive number/],
    ["stderr within a row", replaced(screen, "-5.7585055", "[vm:1] WARN"), /finite numbers/],
    ["a changed loop time", replaced(screen, "1.60477", "1.61477"), /timesteps\/s contradict/],
    ["other processes", replaced(screen, "with 4 MPI", "with 2 MPI"), /4 processes/],
    ["other steps", replaced(screen, "100 steps", "200 steps"), /200 steps here, 100/],
    ["a changed share", replaced(screen, "64.56", "65.56"), /share of Comm contradict/],
    ["a changed time of a section", replaced(screen, "1.036 ", "1.046 "), /share of Comm contradict/],
    ["a lost section", replaced(screen, /^Pair.*\n/m, ""), /100 %/],
    ["a section twice", replaced(screen, /^Comm.*\n/m, "$&$&"), /Comm stands there twice/],
    ["an average above the maximum", replaced(screen, "1.0894 ", "1.0294 "), /between minimum/],
    ["no sections", replaced(screen, sections, ""), /a section of the time/],
    ["a second run", replaced(screen, /^(Loop[\s\S]*)^Total wall/m, "$1$&"), /run's counts expected/],
    ["two texts in one", screen + screen, /the end of the text expected/],
    ["cut in the last line", screen.slice(0, -1), /no end/],
  ])("%s", (_name, text, message) => {
    const { problems, measurements } = parseLammps(text);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
    expect(measurements).toEqual([]);
  });

  testEveryCut(tool, parseLammps);

  test("lines of the result lost or repeated are refused; moved, they are or say the same", () => {
    const choice = fc.constantFrom("lose", "repeat", "move");
    fc.assert(
      fc.property(fc.constantFrom(...results), fc.nat(), fc.nat(), choice, (name, one, other, what) => {
        const lines = read(name).split("\n");
        const start = lines.findIndex((line) => line.startsWith("Loop time"));
        const count = lines.findIndex((line) => line.startsWith("Other")) - start + 1;
        const [a, b] = [start + (one % count), start + (other % count)];
        const [line = ""] = lines.splice(a, what === "repeat" ? 0 : 1);
        if (what === "repeat") lines.splice(b, 0, lines[a] ?? "");
        if (what === "move") lines.splice(b, 0, line);
        const outcome = parseLammps(lines.join("\n"));
        if (what === "move" && outcome.problems.length === 0) {
          expect(valuesOf(outcome, null)).toEqual(valuesOf(parseLammps(read(name)), null));
        } else {
          expect(outcome.problems).toHaveLength(1);
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  testChangedByte(tool, parseLammps);
});

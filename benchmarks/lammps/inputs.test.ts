import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseLammps } from "../parsers/lammps.ts";

const hasLammps = spawnSync("lmp", ["-help"]).status === 0;
const pathOf = (input: string): string => fileURLToPath(new URL(`in.${input}`, import.meta.url));

describe.each(["lj", "chain"])("in.%s", (input) => {
  const text = readFileSync(pathOf(input), "utf8");

  test("size and length can be set from the command line, and there is one run", () => {
    const variables = [...text.matchAll(/^variable (\w+) index \d+$/gm)].map(([, name]) => name);
    expect(variables).toEqual(["x", "y", "z", "steps"]);
    expect(text.match(/^run\b/gm)).toHaveLength(1);
    expect(text).toMatch(/^run \$\{steps\}$/m);
  });

  test("nothing but this file is read", () => {
    expect(text).not.toMatch(/^(?:read_\w+|include|molecule|shell)\b/m);
  });

  const title = `what lmp prints is read whole${hasLammps ? "" : " (skipped: lmp of LAMMPS is not installed)"}`;
  test.skipIf(!hasLammps)(title, () => {
    const sizes = ["x", "y", "z"].flatMap((name) => ["-var", name, "4"]);
    const words = ["-log", "none", "-in", pathOf(input), "-var", "steps", "20", ...sizes];
    const { stdout } = spawnSync("lmp", words, { encoding: "utf8" });
    const { problems, measurements } = parseLammps(stdout);
    expect(problems).toEqual([]);
    expect(measurements).toHaveLength(5);
  });
});

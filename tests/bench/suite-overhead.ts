/** Wall time of the suite over that of the same commands in a bare loop, on the deployed stack. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Overhead } from "../../benchmarks/bench/overhead.ts";
import type { SuiteInput } from "../../benchmarks/suite.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { noStack, type Row } from "./row.ts";

/**
 * The six benchmarks at four sizes: 24 launches in one run. What the suite does once in an environment is part of its time,
 * so there are about as many launches to it as in the shipped stack (27). The bare loop tries nothing twice, so neither may the suite.
 */
const suite: SuiteInput = {
  environments: ["native"],
  sizesBytes: [8, 512, 4096, 65536],
  launches: 1,
  retries: 0,
};

/** @param inventory its text; undefined when nothing is deployed */
export async function suiteOverhead(inventory: string | undefined): Promise<Row> {
  const row = { what: "suite over its commands in a bare loop over ssh", goal: 1.1 };
  if (inventory === undefined) return { ...row, outcome: { notMeasured: noStack } };
  const folder = mkdtempSync(join(tmpdir(), "testbed-bench-"));
  try {
    const [inventoryPath, suitePath] = [join(folder, "inventory.json"), join(folder, "suite.json")];
    writeFileSync(inventoryPath, inventory);
    writeFileSync(suitePath, JSON.stringify(suite));
    const { stdout } = await execa(
      process.execPath,
      ["benchmarks/bench/overhead.ts", inventoryPath, suitePath],
      { cwd: checkoutDirectory, stdin: "ignore", stderr: "inherit" },
    );
    const overhead = JSON.parse(stdout) as Overhead;
    const { ratio, launches, launchesValid, suiteSeconds, bareSeconds } = overhead;
    const times = `${suiteSeconds.toFixed(1)} s over ${bareSeconds.toFixed(1)} s`;
    return { ...row, outcome: { ratio, from: `${times}, ${launches} launches, ${launchesValid} valid` } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

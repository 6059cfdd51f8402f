/** What people open and other tools read after an `up`: the report beside its data, and the paper's claims. */
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type Results, resultsSchema } from "../../benchmarks/results.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { output, run } from "./program.ts";

async function measured(): Promise<Results> {
  return resultsSchema.parse(await output("results"));
}

/** The steps; the suite has run in these environments. */
export function reportSteps(environments: readonly string[]): void {
  test("the report stands beside its data and can be made anew", async () => {
    const results = await measured();
    const path = results.report ?? "none";
    expect(dirname(path)).toBe(results.path);
    const page = readFileSync(join(checkoutDirectory, path), "utf8");
    expect(page).toContain("emulated");
    for (const environment of environments) expect(page).toContain(environment);
    rmSync(join(checkoutDirectory, path));
    const again = await run("npx", ["testbed", "report", join(checkoutDirectory, results.path)]);
    expect(again.exitCode).toBe(0);
    expect(readFileSync(join(checkoutDirectory, path), "utf8")).toBe(page);
  });

  test("the paper's claims are not judged by emulated nodes, but rehearsed", async () => {
    const folder = join(checkoutDirectory, (await measured()).path);
    const refused = await run("npx", ["testbed", "claims", folder]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("--rehearse");
    const rehearsed = await run("npx", ["testbed", "claims", "--rehearse", folder]);
    expect(rehearsed.exitCode).toBe(0);
    expect(rehearsed.stdout).toContain("C41");
  });
}

/** Runs the examples of examples/consumers/ on a result set with made-up numbers, as their README says. */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportFormats, exportResultSet } from "../../benchmarks/export/export.ts";
import { writeExampleRun } from "../../benchmarks/report/testing/example-run.ts";
import { readResultSet } from "../../benchmarks/result-set/read.ts";
import type { Results } from "../../benchmarks/results.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { pythonWith } from "./python.ts";

const consumers = join(checkoutDirectory, "examples", "consumers");
const folder = mkdtempSync(join(tmpdir(), "testbed-consumers-"));
const exported = join(folder, "exported");
let runDirectory = "";
let results: Results;

beforeAll(() => {
  runDirectory = writeExampleRun(folder, {
    fidelity: "emulated",
    suite: {
      benchmarks: ["ib_send_lat", "lammps-lj", "nas-ep"],
      environments: ["native", "vm-sriov"],
      sizesBytes: [8, 4096],
      launches: 7,
    },
  });
  const set = readResultSet(runDirectory);
  results = set.results;
  exportResultSet(set, exported, {
    formats: exportFormats,
    exporterVersion: "0",
    license: null,
    agent: null,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the jq program prints a line for each cell", async () => {
  const { stdout } = await execa("jq", [
    "-r",
    "-f",
    join(consumers, "medians.jq"),
    join(runDirectory, "results.json"),
  ]);
  expect(stdout.split("\n")).toEqual(
    results.cells.map(({ benchmark, sizeBytes, environment, median, status, unit, launches }) =>
      [benchmark, sizeBytes ?? "-", environment, median ?? status, unit, `n=${launches}`, "emulated"].join(
        "\t",
      ),
    ),
  );
});

test("the pandas script finds the medians that the results have, and their ratios to native", async () => {
  const python = await pythonWith(join(consumers, "requirements.txt"));
  const { stdout } = await execa(python, [join(consumers, "medians.py"), exported]);
  expect(stdout).toContain("measurements, emulated");
  const [medians = "", ratios = ""] =
    stdout.split("medians over launches")[1]?.split("ratios to native") ?? [];
  const cells = results.cells.filter(({ median }) => median !== null);
  expect(cells.length).toBeGreaterThan(6);
  for (const { median } of cells) expect(medians.split(/\s+/).map(Number)).toContain(median);
  const lammps = cells.filter(({ benchmark }) => benchmark === "lammps-lj");
  const [native, virtual] = ["native", "vm-sriov"].map(
    (name) => lammps.find(({ environment }) => environment === name)?.median ?? Number.NaN,
  ) as [number, number];
  expect(ratios).toMatch(new RegExp(`lammps-lj .* ${formatRatio(virtual / native)}\\n`));
});

/** As pandas prints it, rounded to three decimals. */
function formatRatio(ratio: number): string {
  return ratio.toFixed(3).replace(/0+$/, "0*");
}

describe("the second Pulumi program", () => {
  const programs = join(folder, "programs");
  const environment = {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
  };

  function pulumi(program: string, ...words: string[]) {
    const cwd = join(programs, program);
    return execa(join(checkoutDirectory, "tools", "pulumi"), ["--cwd", cwd, "--non-interactive", ...words], {
      env: environment,
      reject: false,
      stdin: "ignore",
    });
  }

  async function succeeded(program: string, ...words: string[]): Promise<string> {
    const outcome = await pulumi(program, ...words);
    expect(outcome.exitCode, `${words.join(" ")}: ${outcome.stdout}${outcome.stderr}`).toBe(0);
    return outcome.stdout;
  }

  beforeAll(async () => {
    mkdirSync(join(folder, "state"));
    cpSync(join(checkoutDirectory, "tests", "consumers", "recorded-stack"), join(programs, "testbed"), {
      recursive: true,
    });
    cpSync(join(consumers, "pulumi"), join(programs, "consumer"), { recursive: true });
    // Stacks' settings are written beside programs, so these are copies; packages are those of the checkout.
    copyFileSync(join(checkoutDirectory, "package.json"), join(programs, "package.json"));
    symlinkSync(join(checkoutDirectory, "node_modules"), join(programs, "node_modules"));
    const inventory = JSON.parse(readFileSync(join(runDirectory, "inventory.json"), "utf8")) as unknown;
    const outputs = join(folder, "outputs.json");
    writeFileSync(outputs, JSON.stringify({ results, inventory }));
    await succeeded("testbed", "stack", "init", "emulated");
    await succeeded("testbed", "config", "set", "outputs", outputs);
    await succeeded("testbed", "up", "--yes", "--skip-preview");
    await succeeded("consumer", "stack", "init", "dev");
    await succeeded(
      "consumer",
      "config",
      "set",
      "testbed",
      "organization/hpc-virtualization-testbed/emulated",
    );
  });

  test("has the medians by environment, and the nodes", async () => {
    await succeeded("consumer", "up", "--yes", "--skip-preview");
    const outputs = JSON.parse(await succeeded("consumer", "stack", "output", "--json"));
    expect(outputs.fidelity).toBe("emulated");
    expect(outputs.nodes).toEqual({ native: ["n1", "n2"], "vm-sriov": ["n1", "n2"] });
    const [cell] = results.cells.filter(({ benchmark, environment }) => {
      return benchmark === "ib_send_lat" && environment === "vm-sriov";
    });
    expect(outputs.medians["vm-sriov"]["ib_send_lat 8 B"]).toBe(`${cell?.median} us`);
    expect(Object.keys(outputs.medians)).toEqual(["native", "vm-sriov"]);
  });

  test("fails where hardware is demanded of an emulated testbed", async () => {
    await succeeded("consumer", "config", "set", "fidelity", "hardware");
    const outcome = await pulumi("consumer", "preview");
    expect(outcome.exitCode).not.toBe(0);
    expect(`${outcome.stdout}${outcome.stderr}`).toContain(
      "the results are emulated, and this program is configured for hardware",
    );
  });
});

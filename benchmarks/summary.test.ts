import { expect, test } from "vitest";
import type { Measurement } from "./measurement.ts";
import { planRun } from "./runner/schedule.ts";
import { testInventory } from "./runner/testing/inventory.ts";
import { resolveSuite, suiteSchema } from "./suite.ts";
import { summariseRun } from "./summary.ts";

test("a cell takes its benchmark's statistic in its own unit only: Graph500 has medians in seconds and in TEPS", () => {
  const inventory = testInventory();
  const suite = resolveSuite(
    suiteSchema.parse({ benchmarks: ["graph500"], environments: ["native"], launches: 1 }),
    inventory,
  );
  const time = "2026-01-01T00:00:00.000Z";
  const measurement = (unit: string, value: number): Measurement => ({
    ...{ fidelity: "emulated", environment: "native", benchmark: "graph500", block: 1, attempt: "0001.1" },
    ...{ sizeBytes: null, statistic: "p50", unit, value, tool: "testbed_bfs" },
    source: { file: "raw/0001.1.client.stdout.txt", line: 1 },
  });
  const { cells } = summariseRun({
    ...{ runId: "run", path: "results/test/run", sha256: null, inventory },
    plan: planRun(suite, inventory),
    events: [
      {
        ...{ event: "valid", time, attempt: "0001.1", launch: 1, seconds: 1, logs: [], transport: null },
        exitCodes: { client: 0, servers: [0] },
      },
    ],
    measurements: [measurement("TEPS", 3.2e6), measurement("s", 0.005)],
  });
  expect(cells).toMatchObject([{ status: "valid", launches: 1, unit: "s", median: 0.005, maximum: 0.005 }]);
});

/** `pulumi up` of the deployed stack when there is nothing to change, over that of a program without resources. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { median } from "../../benchmarks/summary.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { stack } from "../e2e/program.ts";
import { pulumi, type Variables } from "./engine.ts";
import { noStack, type Row } from "./row.ts";

const repetitions = 3;
const emptyStack = "empty";

/** @param isDeployed whether the stack is there: an `up` of one that is not would deploy it */
export async function secondUp(variables: Variables, isDeployed: boolean): Promise<Row> {
  const folder = emptyProject();
  const emptyVariables = {
    ...variables,
    PULUMI_BACKEND_URL: `file://${folder}/state`,
    PULUMI_CONFIG_PASSPHRASE: "",
  };
  const up = (stackName: string): string[] => ["up", "--yes", "-s", stackName];
  const emptySeconds: number[] = [];
  const fullSeconds: number[] = [];
  try {
    const differs = isDeployed && (await hasChanges(variables));
    await pulumi(emptyVariables, folder, ["stack", "init", emptyStack]);
    await pulumi(emptyVariables, folder, up(emptyStack));
    for (let turn = 0; turn < repetitions; turn++) {
      emptySeconds.push((await pulumi(emptyVariables, folder, up(emptyStack))).seconds);
      if (!isDeployed || differs) continue;
      fullSeconds.push((await pulumi(variables, checkoutDirectory, up(stack))).seconds);
    }
    const empty = median(emptySeconds.toSorted((a, b) => a - b)) ?? Number.NaN;
    const full = median(fullSeconds.toSorted((a, b) => a - b));
    const emptyText = `empty program: ${empty.toFixed(2)} s`;
    const reason = differs ? `not measured: stack ${stack} has changes due; npm run up first` : noStack;
    return {
      what: "second pulumi up over an empty program's",
      goal: 4,
      outcome:
        full === null
          ? { notMeasured: `${reason} (${emptyText})` }
          : { ratio: full / empty, from: `${full.toFixed(2)} s, ${emptyText}, medians of ${repetitions}` },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A copy of the empty project where git does not see Pulumi's salt, and where the checkout's packages are found. */
function emptyProject(): string {
  const parent = join(checkoutDirectory, ".testbed");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "bench-"));
  cpSync(join(import.meta.dirname, "empty"), folder, { recursive: true });
  mkdirSync(join(folder, "state"));
  return folder;
}

async function hasChanges(variables: Variables): Promise<boolean> {
  const { stdout } = await pulumi(variables, checkoutDirectory, ["preview", "--json", "-s", stack]);
  const { changeSummary } = JSON.parse(stdout) as { changeSummary?: Record<string, number> };
  return Object.keys(changeSummary ?? {}).some((operation) => operation !== "same");
}

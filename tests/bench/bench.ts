/**
 * Ratios that tell whether the project is slow, measured in one run, each beside its goal. A missed goal is said and is no
 * failure: machines differ. `npm run bench`; four rows need a deployed stack.
 */
import { deployedInventory, engineVariables } from "./engine.ts";
import { environmentSwitch, guestStart } from "./guests.ts";
import { leasedPreview, serversTogether } from "./leased-nodes.ts";
import { parsingMemory } from "./parsing.ts";
import { planGrowth } from "./plan-growth.ts";
import { missedText, type Row, tableText } from "./row.ts";
import { secondUp } from "./second-up.ts";
import { bootstrapTime } from "./statistics.ts";
import { suiteOverhead } from "./suite-overhead.ts";
import { trivialTests } from "./trivial.ts";

/** Says what is being measured while it is. What can't be run leaves the other rows as they are. */
async function measured(what: string, measure: () => Row | Promise<Row>): Promise<Row[]> {
  process.stderr.write(`measuring ${what}\n`);
  try {
    return [await measure()];
  } catch (error) {
    process.stderr.write(`${what} can't be measured: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
    return [];
  }
}

const variables = await engineVariables();
const inventory = await deployedInventory(variables);
const rows = [
  ...(await measured("the suite", () => suiteOverhead(inventory))),
  ...(await measured("trivial tests", trivialTests)),
  ...(await measured("a second pulumi up", () => secondUp(variables, inventory !== undefined))),
  ...(await measured("the switch of an environment", () => environmentSwitch(inventory))),
  ...(await measured("a guest's start", () => guestStart(inventory))),
  ...(await measured("a preview of leased nodes", () => leasedPreview(variables))),
  ...(await measured("servers that boot together", () => serversTogether(variables))),
  ...(await measured("plans", planGrowth)),
  ...(await measured("parsers", parsingMemory)),
  ...(await measured("intervals", bootstrapTime)),
];
process.stdout.write(`${tableText(rows)}\n${missedText(rows)}\n`);

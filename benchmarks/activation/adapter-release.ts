/**
 * Gives adapters back to their nodes before the guests are deleted: a guest that is destroyed with the whole adapter leaves
 * its node without the network device as it was.
 * Run as `adapter-release.ts create|release` with the request as JSON in TESTBED_REQUEST; progress goes to standard error, and
 * `{"steps": …}` to standard output. `create` does nothing: a deployment has given nothing away yet.
 */
import * as z from "zod";
import { inventorySchema } from "../../infra/inventory.ts";
import { RemoteError } from "../../infra/remote/remote.ts";
import { parseJson, UserError } from "../input.ts";
import { releaseAdapters } from "./activate.ts";
import type { ActivationStep } from "./activation.ts";
import { remoteFactory, stepLine } from "./edge.ts";

const requestSchema = z.strictObject({ inventory: inventorySchema });
export type ReleaseRequest = z.infer<typeof requestSchema>;

async function release(): Promise<readonly ActivationStep[]> {
  const { inventory } = parseJson(
    requestSchema,
    process.env.TESTBED_REQUEST ?? "null",
    "the request in TESTBED_REQUEST",
  );
  return releaseAdapters({
    inventory,
    remoteOf: remoteFactory(inventory),
    onStep: (step) => process.stderr.write(`${stepLine(step)}\n`),
  });
}

async function main(verb: string | undefined): Promise<number> {
  if (verb !== "create" && verb !== "release") {
    process.stderr.write("usage: adapter-release.ts create|release\n");
    return 2;
  }
  try {
    const steps = verb === "create" ? [] : await release();
    process.stdout.write(`${JSON.stringify({ steps })}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RemoteError)) throw error;
    process.stderr.write(`the adapters could not be given back: ${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv[2]);

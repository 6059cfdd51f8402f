/** `testbed reap`: what a stack has left on a cloud, found without the stack's state, and taken away when asked. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { CloudError } from "../../infra/openstack/cloud-error.ts";
import { CredentialsError, readCredentials } from "../../infra/openstack/credentials.ts";
import { findLeftovers, type Leftover, removeLeftover } from "../../infra/openstack/leftovers.ts";
import { CloudSession } from "../../infra/openstack/session.ts";
import { fetchTransport, retryingTransport } from "../../infra/openstack/transport.ts";
import { UserError } from "../input.ts";
import { alignedTable } from "../report/text.ts";

interface Options {
  readonly owner: string;
  readonly cloud?: string;
  readonly yes?: true;
}

/** A server of bare metal is cleaned before it is gone. */
const rounds = 240;
const pauseMs = 5000;

export function reapCommand(): Command {
  return new Command("reap")
    .description("list what a stack has on its cloud, for whoever lost the stack's state; --yes deletes it")
    .requiredOption("--owner <stack>", "name of the stack")
    .option("--cloud <name>", "entry of clouds.yaml; absent: the OS_ variables, or the only entry")
    .option("--yes", "delete what is listed")
    .action(reap);
}

async function reap({ owner, cloud, yes }: Options): Promise<void> {
  try {
    const session = new CloudSession(readCredentials(cloud), retryingTransport(fetchTransport));
    const found = await findLeftovers(session, owner);
    if (found.length === 0) {
      process.stdout.write(`nothing of the stack ${owner} is at ${await session.region()}\n`);
      return;
    }
    const rows = found.map(({ kind, name, detail, id }) => [kind, name, detail, id]);
    process.stdout.write(alignedTable([["what", "name", "state", "id"], ...rows]));
    if (yes) await removeAll(session, owner, found);
    else process.stdout.write("nothing was deleted; --yes deletes all of it\n");
  } catch (error) {
    if (error instanceof CloudError || error instanceof CredentialsError) throw new UserError(error.message);
    throw error;
  }
}

/** Kind after kind, each gone before the next: a lease can't go while a server stands on it. */
async function removeAll(session: CloudSession, owner: string, found: readonly Leftover[]): Promise<void> {
  let left = found;
  let refusal = "";
  for (let round = 0; round < rounds && left.length > 0; round += 1) {
    if (round > 0) await sleep(pauseMs);
    const kind = left[0]?.kind;
    for (const one of left.filter((item) => item.kind === kind)) {
      process.stderr.write(`deleting the ${one.kind} ${one.name}\n`);
      try {
        await removeLeftover(session, one);
      } catch (error) {
        // Blazar refuses while a lease changes; what stays to the end is told then.
        if (!(error instanceof CloudError)) throw error;
        refusal = `; the last refusal: ${error.message}`;
      }
    }
    left = await findLeftovers(session, owner);
  }
  if (left.length === 0) process.stdout.write("all of it is deleted\n");
  else throw new UserError(`${left.length} are still there${refusal}; the same command tries again`);
}

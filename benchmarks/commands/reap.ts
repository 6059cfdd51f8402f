/** `testbed reap`: what a stack has left on a cloud, found without the stack's state, and taken away when asked. */
import { Command } from "commander";
import { CloudError } from "../../infra/openstack/cloud-error.ts";
import { CredentialsError, readCredentials } from "../../infra/openstack/credentials.ts";
import { findLeftovers } from "../../infra/openstack/leftovers.ts";
import { removeLeftovers } from "../../infra/openstack/remove-leftovers.ts";
import { CloudSession } from "../../infra/openstack/session.ts";
import { fetchTransport, retryingTransport } from "../../infra/openstack/transport.ts";
import { UserError } from "../input.ts";
import { alignedTable } from "../report/text.ts";

interface Options {
  readonly owner: string;
  readonly cloud?: string;
  readonly yes?: true;
}

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
    if (yes) await removeAll(session, owner);
    else process.stdout.write("nothing was deleted; --yes deletes all of it\n");
  } catch (error) {
    if (error instanceof CloudError || error instanceof CredentialsError) throw new UserError(error.message);
    throw error;
  }
}

async function removeAll(session: CloudSession, owner: string): Promise<void> {
  const { left, refusal } = await removeLeftovers(
    session,
    owner,
    () => true,
    ({ kind, name }) => process.stderr.write(`deleting the ${kind} ${name}\n`),
  );
  if (left.length === 0) process.stdout.write("all of it is deleted\n");
  else {
    const last = refusal === undefined ? "" : `; the last refusal: ${refusal}`;
    throw new UserError(`${left.length} are still there${last}; the same command tries again`);
  }
}

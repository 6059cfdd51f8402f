/** Previews of a stack whose hosts are already there: what a user with own hosts would see for each mistake. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { checkoutDirectory, projectName } from "../../infra/paths.ts";
import { type Outcome, pulumi } from "./program.ts";

const stack = "e2e-existing";

/** A host as Pulumi.STACK.yaml says it. */
export type HostConfiguration = Record<string, string | number>;

/** Previews a stack with the hosts and appliance given; nothing is deployed. */
export async function previewExisting(
  hosts: readonly HostConfiguration[],
  appliance: Record<string, unknown> = {},
): Promise<Outcome> {
  const folder = join(checkoutDirectory, ".testbed", "e2e");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const config = {
    [`${projectName}:nodes`]: { source: "existing", hosts },
    [`${projectName}:appliance`]: { softRoce: true, ...appliance },
    [`${projectName}:environments`]: ["native"],
  };
  writeFileSync(file, stringify({ config }));
  await pulumi("stack", "select", "--create", stack);
  return pulumi("preview", "--non-interactive", "--config-file", file, "-s", stack);
}

/** Takes the stack away again. */
export async function removeExisting(): Promise<void> {
  await pulumi("stack", "rm", "--yes", "--force", "--preserve-config", stack);
}

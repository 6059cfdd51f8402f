/** Previews of a stack with any configuration: what a user would see for each mistake. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { checkoutDirectory, projectName } from "../../infra/paths.ts";
import { type Outcome, pulumi } from "./program.ts";

const stack = "e2e-preview";

/** A host as Pulumi.STACK.yaml says it. */
export type HostConfiguration = Record<string, string | number>;

/** Previews a stack with the hosts and appliance given; nothing is deployed. */
export function previewExisting(
  hosts: readonly HostConfiguration[],
  appliance: Record<string, unknown> = {},
): Promise<Outcome> {
  return previewWith({
    [`${projectName}:nodes`]: { source: "existing", hosts },
    [`${projectName}:appliance`]: { softRoce: true, ...appliance },
    [`${projectName}:environments`]: ["native"],
  });
}

/** Previews a stack of its own with any configuration, and takes the stack away again. */
export async function previewWith(config: Record<string, unknown>): Promise<Outcome> {
  writeFileSync(join(checkoutDirectory, `Pulumi.${stack}.yaml`), stringify({ config }));
  await pulumi("stack", "select", "--create", stack);
  const outcome = await pulumi("preview", "--non-interactive", "-s", stack);
  await pulumi("stack", "rm", "--yes", "--force", stack);
  return outcome;
}

/** The configuration in one of the shipped stack files. */
export function shippedConfiguration(name: string): Record<string, unknown> {
  const text = readFileSync(join(checkoutDirectory, `Pulumi.${name}.yaml`), "utf8");
  return (parse(text) as { config: Record<string, unknown> }).config;
}

/** How what a stack makes on a cloud is told from everything else there: by a name, and by a mark where there is room for one. */

/** Name of what a stack has one of: lease, key pair. Others begin with it. */
export function cloudName(stack: string): string {
  return `testbed-${stack}`;
}

/** Key of the servers' metadata whose value is the stack. */
export const stackMetadataKey = "testbed-stack";

/** Tag of ports and floating IPs. */
export function stackTag(stack: string): string {
  return `testbed-stack=${stack}`;
}

/** What the names of a stack's servers look like, and of all that is made for one of them. Stacks' names hold no signs of patterns but dots. */
export function serverPattern(stack: string): RegExp {
  return new RegExp(`^${cloudName(stack).replaceAll(".", "\\.")}-n\\d+$`);
}

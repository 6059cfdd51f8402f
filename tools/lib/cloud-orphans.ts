/**
 * What a killed Pulumi may have made on a cloud without noting it in the state. The next `up` would make it once more, and `destroy`
 * would not know of it. Pure; settle.ts acts on it.
 */
import type { Leftover } from "../../infra/openstack/leftovers.ts";
import type { ExportedStack } from "./interrupted.ts";

/** Where the stack's things are: an entry of clouds.yaml, or none where there is only one. Undefined: the stack is on no cloud. */
export function cloudOf({
  deployment = {},
}: ExportedStack): { readonly name: string | undefined } | undefined {
  const site = (deployment.resources ?? []).find(({ type }) => type === "testbed:index:Site");
  if (site === undefined) return undefined;
  const { cloud } = site.inputs ?? {};
  return { name: typeof cloud === "string" ? cloud : undefined };
}

/**
 * Tells what on the cloud the state does not know.
 * @param isGoing the stack is about to be destroyed; else a lease stays, which the next `up` takes over
 */
export function orphanTest(
  { deployment = {} }: ExportedStack,
  isGoing: boolean,
): (leftover: Leftover) => boolean {
  const known = new Set((deployment.resources ?? []).flatMap(({ id }) => id ?? []));
  return ({ kind, id }) => !known.has(id) && (isGoing || kind !== "lease");
}

/**
 * Machines that are in a stack's state and no longer in libvirt, as after a removal by hand. The libvirt provider can't delete
 * what is not there, and nothing on such a machine can be reached. Pure; settle.ts acts on it.
 */
import type { ExportedStack, StackResource } from "./interrupted.ts";

/** A libvirt domain in the state, and the libvirt that it should be in. */
export interface Machine {
  urn: string;
  /** libvirt's UUID of the domain. */
  id: string;
  uri: string;
}

/** The machines of a stack. */
export function machines({ deployment = {} }: ExportedStack): Machine[] {
  const { resources = [] } = deployment;
  return resources.flatMap(({ urn, type, id, provider }) => {
    if (type !== "libvirt:index/domain:Domain" || id === undefined) return [];
    const uri = resources.find((known) => provider === `${known.urn}::${known.id}`)?.inputs?.uri;
    return typeof uri === "string" ? [{ urn, id, uri }] : [];
  });
}

/** The state without the machines named by their URNs and without all that goes with them. */
export function withoutGone(stack: ExportedStack, gone: ReadonlySet<string>): ExportedStack {
  const { resources = [], ...deployment } = stack.deployment ?? {};
  const isGone = (one: StackResource): boolean => gone.has(one.urn) || gone.has(one.deletedWith ?? "");
  const removed = new Set(resources.filter(isGone).map(({ urn }) => urn));
  const left = resources.filter((one) => !isGone(one)).map((one) => withoutReferences(one, removed));
  return { ...stack, deployment: { ...deployment, resources: left } };
}

function withoutReferences(resource: StackResource, removed: ReadonlySet<string>): StackResource {
  const keep = (urns: string[]): string[] => urns.filter((urn) => !removed.has(urn));
  const { dependencies, propertyDependencies } = resource;
  return {
    ...resource,
    ...(dependencies ? { dependencies: keep(dependencies) } : {}),
    ...(propertyDependencies
      ? {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([name, urns]) => [name, keep(urns ?? [])]),
          ),
        }
      : {}),
  };
}

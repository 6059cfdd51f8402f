/**
 * What a killed Pulumi may have made in libvirt without noting it in the state. It would be in the way of the next `up`,
 * and `destroy` would not know of it. Pure; settle.ts acts on it.
 */
import type { ExportedStack, StackResource } from "./interrupted.ts";

/** Something that may be in libvirt, and the virsh commands that remove it, of which each may find nothing to do. */
export interface Leftover {
  urn: string;
  /** The libvirt that it would be in. */
  uri: string;
  commands: string[][];
}

/** The libvirt objects that were being created. One that the state holds under the same name is left alone. */
export function leftovers({ deployment = {} }: ExportedStack): Leftover[] {
  const { resources = [], pending_operations: pending = [] } = deployment;
  return pending
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => resource)
    .filter((made) => !resources.some((known) => isSame(known, made)))
    .flatMap((made) => {
      const uri = resources.find(({ urn, id }) => made.provider === `${urn}::${id}`)?.inputs?.uri;
      const commands = removal(made);
      return typeof uri === "string" && commands !== undefined ? [{ urn: made.urn, uri, commands }] : [];
    });
}

/** Every node has guests of the same names, each in a libvirt of its own. */
function isSame(known: StackResource, made: StackResource): boolean {
  return known.type === made.type && known.provider === made.provider && nameOf(known) === nameOf(made);
}

function nameOf({ inputs }: StackResource): unknown {
  return inputs?.name;
}

function removal({ type, inputs }: StackResource): string[][] | undefined {
  const { name, pool } = inputs ?? {};
  if (typeof name !== "string") return undefined;
  switch (type) {
    case "libvirt:index/domain:Domain":
      return [
        ["destroy", name],
        ["undefine", name, "--nvram"],
      ];
    case "libvirt:index/network:Network":
      return [
        ["net-destroy", name],
        ["net-undefine", name],
      ];
    case "libvirt:index/pool:Pool":
      return [
        ["pool-destroy", name],
        ["pool-undefine", name],
      ];
    case "libvirt:index/volume:Volume":
      return typeof pool === "string" ? [["vol-delete", name, "--pool", pool]] : undefined;
    default:
      return undefined;
  }
}

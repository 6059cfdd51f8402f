/** What every program needs that activates something: connections to the nodes, and a step as a line of progress. */
import type { Inventory } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { SshRemote } from "../../infra/remote/ssh.ts";
import { UserError } from "../input.ts";
import type { ActivationStep } from "./activation.ts";

/** One Remote a node, so that all its commands share a connection. */
export function remoteFactory(inventory: Inventory): (node: string) => Remote {
  const remotes = new Map<string, Remote>();
  return (name) => {
    const known = remotes.get(name);
    if (known !== undefined) return known;
    const node = inventory.nodes.find((candidate) => candidate.name === name);
    if (node === undefined) {
      throw new UserError(`the inventory places an environment on "${name}", which is none of its nodes`);
    }
    const remote = new SshRemote(name, node.connection, inventory.socketDirectory);
    remotes.set(name, remote);
    return remote;
  };
}

/** As in "n1: attach virtual function 0 of 0000:01:00.0 to g1 (1.2 s)". */
export function stepLine({ node, step, seconds }: ActivationStep): string {
  return `${node}: ${step} (${seconds.toFixed(1)} s)`;
}

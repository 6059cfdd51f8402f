/** The testbed that the steps of an end-to-end run share, as its inventory names it. */
import type { Inventory, InventoryNode } from "../../infra/inventory.ts";
import { SshRemote } from "../../infra/remote/ssh.ts";

/** Gives the steps their way to the nodes. */
export class Testbed {
  #inventory: Inventory | null = null;

  /** Known from the step on that reads the stack's output. */
  get inventory(): Inventory {
    if (this.#inventory === null) throw new Error("no step has read the inventory yet");
    return this.#inventory;
  }

  set inventory(inventory: Inventory) {
    this.#inventory = inventory;
  }

  nodeAt(index: number): InventoryNode {
    const node = this.inventory.nodes[index];
    if (node === undefined) throw new Error(`no node ${index}`);
    return node;
  }

  remoteOf(index: number): SshRemote {
    const node = this.nodeAt(index);
    return new SshRemote(node.name, node.connection, this.inventory.socketDirectory);
  }

  /** How many virtual functions a node's adapter has now. */
  async virtualFunctionsOf(index: number): Promise<string> {
    const address = this.nodeAt(index).adapter.pciAddress;
    const result = await this.remoteOf(index).run(["cat", `/sys/bus/pci/devices/${address}/sriov_numvfs`]);
    return result.stdout.trim();
  }
}

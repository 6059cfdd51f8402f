/** A Remote whose scripts act on a simulated node. */
import type { Remote, RemoteOptions, RemoteResult } from "../../../infra/remote/remote.ts";
import type { Step } from "../steps.ts";
import { observationOf } from "./observation.ts";
import { applyStep, ImpossibleStep, type NodeModel, type SimulatedGuest } from "./simulated-node.ts";

/** The connection is gone: what a crash of the program looks like to the node. */
export class BrokenOff extends Error {}

export class SimulatedRemote implements Remote {
  readonly description: string;
  readonly node: NodeModel;
  /** Verbs of what was asked, without what only looks. */
  readonly changes: string[] = [];
  /** After this many changes the connection breaks. */
  changesLeft = Number.POSITIVE_INFINITY;
  /** Guests that never answer, whatever is waited for. */
  readonly deadGuests = new Set<string>();
  /** Called before each change. */
  onChange: (verb: string) => void = () => undefined;
  /** Further lines of each observation. */
  observationLines: string[] = [];

  constructor(name: string, node: NodeModel) {
    this.description = name;
    this.node = node;
  }

  async run(command: readonly string[], _options: RemoteOptions = {}): Promise<RemoteResult> {
    if (command[0] !== "tail") throw new Error(`the simulated node knows no ${command.join(" ")}`);
    return ended(0, "[  OK  ] booting\r\n\u001b[31mKernel panic\u001b[0m\r\n");
  }

  async script(text: string, words: readonly string[] = []): Promise<RemoteResult> {
    if (text.includes("# Usage: observe.sh"))
      return ended(0, observationOf(this.node, this.observationLines));
    if (text.includes("# Usage: in-guest.sh")) return this.#inGuest(words);
    const [verb = "", ...rest] = words;
    if (text.includes("# Usage: guest-device.sh")) return this.#guestDevice(verb, rest);
    if (text.includes("# Usage: adapter.sh")) return this.#change(verb, adapterStep(verb, rest.slice(2)));
    throw new Error("the simulated node does not know that script");
  }

  #guestDevice(verb: string, [domain, ...words]: readonly string[]): RemoteResult {
    const guest = this.node.guests.find((candidate) => candidate.domain === domain);
    if (guest === undefined) return ended(1, "", `error: failed to get domain '${domain}'\n`);
    if (verb === "state") return ended(0, `${guest.state.replace("-", " ")}\n\n`);
    if (verb.startsWith("detach-") && !guest.answers) {
      return ended(1, "", `${domain} does not let ${words[0]} go after 120 s\n`);
    }
    return this.#change(verb, guestStep(verb, guest.name, words));
  }

  #inGuest([text = "", prefix, name, ...words]: readonly string[]): RemoteResult {
    const guest = this.node.guests.find((candidate) => candidate.name === name);
    if (prefix !== "in-guest" || guest?.state !== "running" || this.deadGuests.has(guest.name)) {
      return ended(125, "", "ssh: connect to host 127.0.0.1 port 2222: Connection refused\n");
    }
    if (words[0] === "true") {
      guest.answers = true;
      return ended(0);
    }
    if (!guest.answers) return ended(125, "", "ssh: connect: Connection refused\n");
    if (!text.includes("# Usage: guest-fabric.sh"))
      throw new Error("the simulated guest knows no such script");
    const [mac = "", address = "", prefixLength = "", , rdma = "", soft] = words.slice(4);
    if (!this.#macsIn(guest).includes(mac)) {
      return ended(1, "", `no network device with address ${mac} has appeared after 120 s\n`);
    }
    const value = `${address}/${prefixLength}`;
    const changed = guest.fabric.get(mac) !== value;
    if (changed) this.#count("guest-fabric");
    guest.fabric.set(mac, value);
    const rdmaDevice = soft === "yes" ? rdma : "mlx5_0";
    return ended(0, `network-device eth1\nrdma-device ${rdmaDevice}\nchanged ${changed ? "yes" : "no"}\n`);
  }

  #macsIn(guest: SimulatedGuest): string[] {
    const { virtualFunctions, remembered } = this.node;
    return [
      ...guest.interfaces,
      ...guest.functions.flatMap((index) => {
        const mac = index < 0 ? remembered?.macAddress : virtualFunctions[index]?.macAddress;
        return mac === undefined ? [] : [mac];
      }),
    ];
  }

  #change(verb: string, step: Step): RemoteResult {
    this.#count(verb);
    try {
      applyStep(this.node, step);
      return ended(0);
    } catch (error) {
      if (error instanceof ImpossibleStep) return ended(1, "", `${error.message}\n`);
      throw error;
    }
  }

  #count(verb: string): void {
    if (this.changesLeft <= 0) throw new BrokenOff(verb);
    this.onChange(verb);
    this.changesLeft -= 1;
    this.changes.push(verb);
  }
}

function ended(exitCode: number, stdout = "", stderr = ""): RemoteResult {
  return { stdout, stderr, exitCode, timedOut: false };
}

function indexOf(word: string | undefined): number | null {
  return word === "-" ? null : Number(word);
}

function guestStep(verb: string, guest: string, [first = "", second]: readonly string[]): Step {
  switch (verb) {
    case "start":
    case "resume":
    case "pause":
      return { kind: `${verb}-guest`, guest };
    case "attach-device":
      return { kind: verb, guest, virtualFunction: indexOf(second) };
    case "detach-device":
      return { kind: verb, guest, pciAddress: first };
    case "attach-interface":
      return { kind: verb, guest, macAddress: second ?? "" };
    case "detach-interface":
      return { kind: verb, guest, macAddress: first };
    default:
      throw new Error(`guest-device.sh knows no ${verb}`);
  }
}

function adapterStep(verb: string, [first = "", second, third]: readonly string[]): Step {
  switch (verb) {
    case "stop-driver-probing":
    case "bind-adapter":
    case "remember-network":
    case "restore-network":
      return { kind: verb };
    case "set-virtual-functions":
      return { kind: verb, count: Number(first) };
    case "release-virtual-function":
    case "bind-virtual-function":
      return { kind: verb, virtualFunction: Number(first) };
    case "set-virtual-function-mac":
      return { kind: verb, virtualFunction: Number(first), macAddress: second ?? "" };
    case "virtual-function-network":
      return {
        kind: verb,
        virtualFunction: Number(first),
        address: second ?? "",
        prefixLength: Number(third),
      };
    case "add-soft-roce":
      return { kind: verb, rdmaDevice: first, virtualFunction: indexOf(second) };
    case "remove-soft-roce":
      return { kind: verb, rdmaDevice: first };
    default:
      throw new Error(`adapter.sh knows no ${verb}`);
  }
}

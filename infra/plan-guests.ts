/** The guests of a plan. All nodes have the same ones. */
import { type Configuration, defaultGuest } from "./config.ts";

/** One guest of a node. All nodes have the same ones. */
export interface PlannedGuest {
  readonly name: string;
  /** Counted from 0. Its virtual function is that of the same index. */
  readonly index: number;
  readonly domainName: string;
  /** Port on 127.0.0.1 of the node that leads to the guest's ssh. */
  readonly managementPort: number;
  /** Processors of the node that its virtual processors run on, in their order; empty: any. */
  readonly pinnedCpus: readonly number[];
}

export interface PlannedGuests {
  readonly guests: readonly PlannedGuest[];
  readonly virtualCpus: number;
  readonly memoryMib: number;
  readonly numaNode: number | null;
  readonly hugepages: boolean;
  readonly accelerator: "auto" | "kvm" | "tcg";
  readonly ivshmem: { readonly name: string; readonly sizeMib: number };
  readonly image: { readonly source: string; readonly sha256: string } | null;
  readonly drivers: Configuration["guest"]["drivers"];
  readonly packages: readonly string[];
  readonly softRoce: boolean;
  readonly readyTimeoutSeconds: number;
}

/** What the guests of a configuration are like. */
export function expandGuests(configuration: Configuration, stack: string, softRoce: boolean): PlannedGuests {
  const { guest, guestsPerNode } = configuration;
  const size = defaultGuest(configuration.nodes.source);
  const virtualCpus = guest.virtualCpus ?? size.virtualCpus;
  return {
    guests: Array.from({ length: guestsPerNode }, (_, index) => ({
      name: guestName(index),
      index,
      domainName: `testbed-${stack}-${guestName(index)}`,
      managementPort: guest.managementPortBase + index,
      pinnedCpus: guest.pinnedCpus.slice(index * virtualCpus, (index + 1) * virtualCpus),
    })),
    virtualCpus,
    memoryMib: guest.memoryMib ?? size.memoryMib,
    numaNode: guest.numaNode ?? null,
    hugepages: guest.hugepages,
    accelerator: guest.accelerator,
    ivshmem: { name: guest.ivshmem.name ?? `testbed-${stack}`, sizeMib: guest.ivshmem.sizeMib },
    image: guest.image ?? null,
    drivers: guest.drivers,
    packages: guest.packages,
    softRoce,
    readyTimeoutSeconds: guest.readyTimeoutSeconds,
  };
}

/** Name of the guest in a slot. */
export function guestName(index: number): string {
  return `g${index + 1}`;
}

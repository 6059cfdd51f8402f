/**
 * How long things take on nodes of which nothing has been measured yet. They err on the long side: an estimate decides whether a
 * lease is long enough. Where a run of the suite has a ledger, what it says goes before all of these.
 */
import type { EnvironmentKind, Ownership } from "../../infra/inventory.ts";
import type { Family, ProfileName } from "../catalogue/benchmark.ts";

export interface Rates {
  /** Everything of a launch of two programs but its messages, by where they run: ssh, start, connections, evidence of the counters. */
  readonly pairStartSeconds: Readonly<Record<EnvironmentKind, number>>;
  /** The same of an MPI program, and what each of its ranks adds. */
  readonly mpiStartSeconds: Readonly<Record<EnvironmentKind, number>>;
  readonly mpiRankSeconds: number;
  /** One message, one way: what it costs by itself, and how fast its bytes go over an adapter. */
  readonly messageSeconds: number;
  readonly adapterBytesPerSecond: number;
  /** How fast the ranks of one node together copy what they got. */
  readonly memoryBytesPerSecond: number;
  /** A launch of an application, all of it. Zero: no run starts it. */
  readonly applicationSeconds: Readonly<Partial<Record<Family, number>>>;
  /** Making an owner of the adapters active on all nodes. */
  readonly activationSeconds: Readonly<Record<Ownership, number>>;
}

/** Guests get their device one after the other on a node, and may have to be started again. */
function activations(hostSeconds: number, guestSeconds: number): Rates["activationSeconds"] {
  return {
    host: hostSeconds,
    "host-virtual-function": hostSeconds,
    "guest-physical-function": guestSeconds,
    "guest-virtual-functions": guestSeconds,
    "guest-virtio": guestSeconds,
  };
}

export const ratesOf: Readonly<Record<ProfileName, Rates>> = {
  // Medians of this project's ledgers on nodes emulated without KVM: verbs tests 1 to 4 s on hosts and in containers, 12 to 25 s in
  // guests; MPI tests 3 to 6 s on hosts (in guests: the verbs tests' ratio); messages 0.6 to 3.8 ms, 11 to 33 MiB/s; activations 3 s
  // for hosts and 80 to 110 s for guests.
  emulated: {
    pairStartSeconds: { host: 3, container: 4, guest: 20 },
    mpiStartSeconds: { host: 5, container: 6, guest: 40 },
    mpiRankSeconds: 1,
    messageSeconds: 3e-3,
    adapterBytesPerSecond: 12e6,
    memoryBytesPerSecond: 1e9,
    applicationSeconds: { graph500: 10, nas: 10, lammps: 20, "shared-memory": 15, "spec-mpi": 0 },
    activationSeconds: activations(5, 110),
  },
  // From the paper: at most 1.88 µs for 8 B (C24, put latency of VM-SR-IOV) and 6 GB/s at the peak (C7, C20), here 3 µs and 5 GB/s.
  // Everything else is ours, and no measurement: the times of starts and activations are those of emulated nodes without what their
  // emulation costs; the applications (class C, scale 24, 1000 steps of 2 million atoms) on 128 ranks are a minute or some by their
  // operations at 1 Gop/s a rank, and a breadth-first search with its validation 4 s.
  paper: {
    pairStartSeconds: { host: 3, container: 3, guest: 4 },
    mpiStartSeconds: { host: 5, container: 5, guest: 6 },
    mpiRankSeconds: 0.05,
    messageSeconds: 3e-6,
    adapterBytesPerSecond: 5e9,
    memoryBytesPerSecond: 30e9,
    applicationSeconds: { graph500: 300, nas: 90, lammps: 120, "shared-memory": 5, "spec-mpi": 0 },
    activationSeconds: activations(30, 120),
  },
};

/**
 * From the beginning of a lease to that of the suite: a bare-metal server is written an image and boots, is prepared, and boots again
 * for its kernel arguments. A quarter of an hour for the first is what a site needs when it is not busy; the rest is as much again.
 */
export const preparationSeconds = 30 * 60;

/**
 * Before a lease's end at which a run stops: what runs is ended (a minute at most), the adapters are given back (another), and the
 * results are written.
 */
export const leaseMarginSeconds = 5 * 60;

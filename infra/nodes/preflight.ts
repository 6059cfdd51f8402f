/**
 * What this machine must have before emulated nodes are declared on it. Found at preview, all at once, before anything is
 * made: the facts are read at the edge, the judgement is pure.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { type FormerRun, readFormerRun } from "../../benchmarks/estimate/former-run.ts";
import type { Suite } from "../../benchmarks/suite.ts";
import { isLibvirtGone } from "../emulation/libvirt-status.ts";
import { resultsDirectory } from "../paths.ts";
import type { Plan } from "../plan.ts";
import { hasProgram } from "../programs.ts";
import { type Firmware, findFirmware } from "./firmware.ts";

/** Programs that emulated nodes need, and Debian's packages that have them. */
export const neededPrograms: Readonly<Record<string, string>> = {
  "qemu-system-x86_64": "qemu-system-x86",
  "qemu-img": "qemu-utils",
  libvirtd: "libvirt-daemon-system",
  virsh: "libvirt-clients",
  xsltproc: "xsltproc",
  mkisofs: "genisoimage",
  mmdebstrap: "mmdebstrap",
};
/** Share of the machine's memory that nodes may take together; the rest is for the machine itself. */
const memoryShare = 0.9;
const kibPerMib = 1024;
/** State of a listening socket in /proc/net/tcp (include/net/tcp_states.h: TCP_LISTEN = 10). */
const listenState = "0A";

/** A process that listens on a TCP port. The command line is empty where it may not be read. */
export interface Listener {
  readonly port: number;
  readonly commandLine: string;
}

export interface MachineFacts {
  readonly programs: ReadonlySet<string>;
  readonly memoryMib: number;
  readonly listeners: readonly Listener[];
  /** Whether the stack has a private libvirtd that no longer runs. */
  readonly libvirtGone: boolean;
}

/** The machine that this program runs on, as far as it is asked at preview. */
export interface DeployingMachine {
  readonly readFacts: (stack: string) => MachineFacts;
  readonly findFirmware: () => Firmware;
  /** The text of the public key beside a private one; undefined: there is none. */
  readonly readPublicKey: (privateKeyPath: string) => string | undefined;
  /** The newest run of a stack's suite that is here; null: there is none. */
  readonly readFormerRun: (stack: string, suite: Suite) => FormerRun | null;
}

/** The machine that this program runs on. */
export const thisMachine: DeployingMachine = {
  readFacts: readMachineFacts,
  findFirmware,
  readPublicKey,
  readFormerRun: (stack, suite) => readFormerRun(join(resultsDirectory, stack), suite),
};

function readPublicKey(privateKeyPath: string): string | undefined {
  const path = `${privateKeyPath}.pub`;
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/** Every reason why the emulated nodes of a plan can't be on this machine, one sentence each. */
export function findObstacles(plan: Plan, facts: MachineFacts): string[] {
  const nodes = plan.nodes.filter((node) => node.source === "emulated");
  if (nodes.length === 0) return [];
  const obstacles = Object.entries(neededPrograms)
    .filter(([program]) => !facts.programs.has(program))
    .map(
      ([program, packageName]) =>
        `${program} is missing on this machine; run tools/setup, or install Debian's package ${packageName}.`,
    );
  if (facts.libvirtGone) {
    obstacles.push(
      `The private libvirtd of stack ${plan.stack} is gone (was this machine restarted?); npm run up and npm run down start ` +
        `it again, and so does: node infra/emulation/libvirtd.ts resume ${plan.stack}`,
    );
  }
  const wantedMib = nodes.reduce((sum, node) => sum + node.memoryMib, 0);
  const allowedMib = Math.floor(facts.memoryMib * memoryShare);
  if (wantedMib > allowedMib) {
    obstacles.push(
      `${nodes.length} nodes need ${wantedMib} MiB of memory together, and this machine can give ${allowedMib} MiB; ` +
        "right would be fewer nodes (nodes.count) or smaller ones (nodes.memoryMib).",
    );
  }
  for (const node of nodes) {
    const listener = facts.listeners.find(({ port }) => port === node.managementPort);
    if (listener === undefined || listener.commandLine.includes(domainMark(plan.stack, node.name))) continue;
    const holder = listener.commandLine === "" ? "another program" : listener.commandLine.slice(0, 60);
    obstacles.push(
      `Port ${node.managementPort} on 127.0.0.1, which is to lead to ${node.name}, is taken by ${holder}; ` +
        "right would be another nodes.managementPortBase.",
    );
  }
  return obstacles;
}

/** What libvirt writes on the command line of a domain's QEMU. */
function domainMark(stack: string, node: string): string {
  return `guest=testbed-${stack}-${node},`;
}

/** Reads the facts from this machine. */
export function readMachineFacts(stack: string): MachineFacts {
  const programs = Object.keys(neededPrograms).filter((program) => hasProgram(program));
  const memoryKib = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? "0";
  return {
    programs: new Set(programs),
    memoryMib: Math.floor(Number(memoryKib) / kibPerMib),
    listeners: readListeners(),
    libvirtGone: isLibvirtGone(stack),
  };
}

function readListeners(): Listener[] {
  const commandLines = new Map<string, string>();
  for (const processId of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    for (const inode of socketInodes(processId)) commandLines.set(inode, commandLineOf(processId));
  }
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listenState)
    .map((fields) => ({
      port: Number.parseInt(fields[1]?.split(":")[1] ?? "0", 16),
      commandLine: commandLines.get(fields[9] ?? "") ?? "",
    }));
}

/** Inodes of the sockets of a process; empty where it is another user's or has just ended. */
function socketInodes(processId: string): string[] {
  return namesIn(`/proc/${processId}/fd`).flatMap((descriptor) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkTarget(`/proc/${processId}/fd/${descriptor}`))?.[1];
    return inode === undefined ? [] : [inode];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Descriptors come and go while they are listed. */
function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function commandLineOf(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

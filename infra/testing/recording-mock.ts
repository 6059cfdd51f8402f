/**
 * One stand-in for the engine and all providers: it records each resource of a program and answers with outputs such as the
 * real provider gives. What is not an input of the provider's (parent, dependsOn, deletedWith) is not seen by Pulumi's mocks.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Results } from "../../benchmarks/results.ts";
import type { HostAdapter } from "../appliance/host.ts";
import type { AcceleratorChoice } from "../emulation/accelerator-choice.ts";
import type { LibvirtStatus } from "../emulation/libvirt-status.ts";
import type { ImageSet } from "../images/image-set.ts";
import { type Inventory, inventorySchema } from "../inventory.ts";
import { neededPrograms } from "../nodes/preflight.ts";
import type { NodeSummary } from "../outputs.ts";
import { projectName } from "../paths.ts";
import type { Plan } from "../plan.ts";
import { type Properties, secret } from "../provider/values.ts";
import { declareTestbed } from "../testbed.ts";

/** A resource as the program registered it. Secrets in the inputs are marked as the engine's wire format marks them. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
}

/** What a declared testbed came to: its resources in no certain order, and the values of its outputs. */
export interface Recording {
  readonly resources: readonly RecordedResource[];
  readonly outputs: {
    readonly nodes: NodeSummary[];
    readonly inventory: Inventory;
    readonly results: Results;
    readonly activeEnvironment: Results["activeEnvironment"];
  };
  /** Names of the outputs that are secret. */
  readonly secretOutputs: readonly string[];
}

/** Begins the text of every private key that the mock hands out. */
export const privateKeyMark = "-----BEGIN OPENSSH PRIVATE KEY-----";

const adapter: HostAdapter = {
  pciAddress: "0000:01:00.0",
  vendorDevice: "8086:10c9",
  driver: "igb",
  totalVirtualFunctions: 7,
  networkDevices: ["fab0"],
  carriesManagement: false,
};
const hostFacts = {
  osId: "debian",
  osVersion: "13",
  kernelRelease: "6.12.48+deb13-amd64",
  cpuVendor: "GenuineIntel",
  cpuModel: "QEMU TCG CPU version 2.5+",
  cpus: 2,
  iommuHardware: "intel",
  memoryMib: 1960,
  adapter,
  bootLoader: "grub-debian",
};
const images: ImageSet = {
  recipeDigest: "1".repeat(64),
  nodeImage: "/cache/images/node.qcow2",
  nodeImageDigest: "2".repeat(64),
  containerImage: "/cache/images/container.tar",
  containerImageDigest: `sha256:${"3".repeat(64)}`,
  containerImageName: "hpc-virtualization-testbed:mock",
  kernelRelease: hostFacts.kernelRelease,
  guest: {
    kernel: "/cache/images/guest-kernel",
    kernelDigest: "6".repeat(64),
    initrd: "/cache/images/guest-initrd",
    initrdDigest: "7".repeat(64),
    rootImage: "/cache/images/guest.qcow2",
    rootImageDigest: "8".repeat(64),
  },
  binaries: { "/usr/bin/ib_send_lat": "4".repeat(64) },
};
const libvirtStatus: LibvirtStatus = {
  uri: "qemu:///system",
  private: false,
  pid: null,
  poolDirectory: "/var/lib/libvirt/images/testbed",
  logDirectory: "/var/log/libvirt/qemu",
  filesDirectory: null,
};
const acceleratorChoice: AcceleratorChoice = { accelerator: "tcg", reason: "the mock has no KVM" };

/** What `@pulumi/command` reads from the standard output of each of the project's programs. */
const stdoutOfScript: Readonly<Record<string, (inputs: Properties) => unknown>> = {
  "infra/stack-folders.ts": () => null,
  "infra/images/build.ts": () => images,
  "infra/emulation/libvirtd.ts": () => libvirtStatus,
  "infra/emulation/accelerator.ts": () => acceleratorChoice,
  "infra/nodes/make-seed.ts": () => ({ path: "/stack/seeds/seed.iso" }),
  "infra/environments/load-image.ts": () => ({ imageId: images.containerImageDigest }),
  "infra/environments/libvirt-reach.ts": () => ({ uri: "qemu+ssh://root@node:22/system" }),
  "infra/environments/guest-access.ts": () => ({ elevation: [] }),
  "infra/environments/guest-image.ts": () => ({
    path: "/cache/guest-images/1.qcow2",
    virtualSizeBytes: 2 ** 31,
  }),
  "infra/environments/wait-for-guest.ts": () => ({ seconds: 100 }),
  "benchmarks/activation/adapter-release.ts": () => null,
  "benchmarks/cli.ts": (inputs) => emptyResults(inventorySchema.parse(JSON.parse(String(inputs.stdin)))),
};

/** Results of a run that has not measured anything yet. */
function emptyResults({ fidelity, stack }: Inventory): Results {
  return {
    fidelity,
    schemaVersion: 1,
    runId: "mock",
    stack,
    path: `results/${stack}/mock`,
    sha256: null,
    report: null,
    planDigest: "5".repeat(64),
    seed: 1,
    started: null,
    finished: null,
    complete: false,
    ending: null,
    warnings: [],
    cells: [],
    cellsOmitted: 0,
    programs: [],
    differences: [],
    differencesOmitted: 0,
    comparisons: [],
    activeEnvironment: null,
    counts: {
      cells: 0,
      valid: 0,
      refused: 0,
      notAvailable: 0,
      missing: 0,
      launchesPlanned: 0,
      launchesValid: 0,
      launchesProven: 0,
      attempts: 0,
      attemptsRefused: 0,
    },
  };
}

/** The script of an action: the first word of its command line that is a TypeScript file. */
export function scriptOf(inputs: Properties): string {
  const words = inputs.interpreter as readonly string[];
  return words.find((word) => word.endsWith(".ts")) ?? "";
}

/** What the provider of a type knows after the resource is made, beside its inputs. */
function outputsOf(type: string, inputs: Properties): Properties {
  switch (type) {
    case "command:local:Command": {
      const answer = stdoutOfScript[scriptOf(inputs)];
      if (answer === undefined) throw new Error(`the mock does not know the action ${scriptOf(inputs)}`);
      return { stdout: JSON.stringify(answer(inputs)), stderr: "" };
    }
    case "testbed:index:Host":
      return hostFacts;
    case "testbed:index:SshKeyPair":
      return {
        publicKey: `ssh-ed25519 AAAAmock${String(inputs.name).replace("-", "")} ${inputs.comment}`,
        privateKey: secret(`${privateKeyMark}\n${inputs.name}\n`),
        privateKeyPath: `${inputs.directory}/${inputs.name}`,
      };
    case "testbed:index:Site":
      return { region: inputs.site, imageId: "image-1", flavourId: "flavour-1", networkId: "network-1" };
    case "testbed:index:Lease":
      return { reservationId: "reservation-1", status: "ACTIVE", endsAt: "2026-11-24T12:44:00.000Z" };
    case "testbed:index:LeasedServer":
      return { serverId: `${inputs.name}-id`, status: "ACTIVE" };
    case "testbed:index:ServerIdentity":
      return { hostKey: `ssh-ed25519 AAAAmock${inputs.name}` };
    case "openstack:index/networkingFloatingipV2:NetworkingFloatingipV2":
      return { address: "192.0.2.1" };
    case "testbed:index:KernelArguments":
      return { iommuGroupType: "identity", persisted: true };
    case "testbed:index:VirtualFunctions":
      return { networkDeviceUp: true, persisted: true };
    case "testbed:index:Virtualization":
      return {
        kernelModules: ["vfio-pci"],
        persisted: true,
        libvirtAnswers: true,
        accelerator: "tcg",
        acceleratorReason: "the mock has no KVM",
      };
    case "testbed:index:Drivers":
    case "testbed:index:CpuFrequency":
    case "testbed:index:Hugepages":
      return { persisted: true };
    default:
      // Components, providers, and what libvirt and Docker make: the id and the inputs are all that the program reads.
      return {};
  }
}

/** Declares the testbed of a plan against the mock, with a deploying machine that has all there is to have. */
export async function recordTestbed(plan: Plan): Promise<Recording> {
  const resources: RecordedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, ...outputsOf(type, inputs) } };
      },
      call: ({ inputs }) => inputs,
    },
    projectName,
    plan.stack,
  );
  const testbed = declareTestbed(plan, {
    readFacts: () => ({
      programs: new Set(Object.keys(neededPrograms)),
      memoryMib: 1_000_000,
      listeners: [],
      libvirtGone: false,
    }),
    findFirmware: () => ({ code: "/firmware/code.fd", variables: "/firmware/variables.fd" }),
    readPublicKey: () => "ssh-ed25519 AAAAmockuser user@example.org",
    readFormerRun: () => null,
  });
  const outputs = {
    nodes: await resolved(testbed.nodes),
    inventory: await resolved(testbed.inventory),
    results: await resolved(testbed.results),
    activeEnvironment: await resolved(testbed.activeEnvironment),
  };
  const secretOutputs: string[] = [];
  for (const [name, output] of Object.entries(testbed)) {
    if (await pulumi.isSecret(output as pulumi.Output<unknown>)) secretOutputs.push(name);
  }
  // Components report their outputs last; the next recording must not begin before.
  await pulumi.runtime.disconnect();
  return { resources, outputs, secretOutputs };
}

function resolved<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** Types and names of resources, sorted. */
export function titles(resources: readonly RecordedResource[]): string[] {
  return resources.map(({ type, name }) => `${type} ${name}`).sort();
}

/** Resources of one type. */
export function ofType(resources: readonly RecordedResource[], type: string): RecordedResource[] {
  return resources.filter((resource) => resource.type === type);
}

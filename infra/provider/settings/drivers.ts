/** The RDMA drivers: the distribution's own (inbox), and where the adapter has no RDMA, soft-RoCE on its network device. */
import * as z from "zod";
import type { HostFacts } from "../host/facts.ts";
import { restoreFiles } from "../host/journal.ts";
import type { Operation } from "../host/operations.ts";
import { guestDriver, heldByGuestSentence } from "../host/pci.ts";
import {
  type BootScript,
  isPersisted,
  persist,
  persistedPaths,
  persistenceRequests,
  reloadUnits,
  runNow,
  unlinkUnit,
} from "../host/persistence.ts";
import { contentOf, type HostFiles } from "../host/snapshot.ts";
import { changesOf, type Refusal, type Setting } from "../setting.ts";

const deviceName = z.string().regex(/^[\w.-]{1,15}$/, "must be a device name of at most 15 characters");

const softRoceSchema = z.strictObject({ rdmaDevice: deviceName, networkDevice: deviceName });

const inputsSchema = z.strictObject({
  driverStack: z.literal("inbox", "only the inbox drivers are in this version; MLNX_OFED and DOCA are not"),
  softRoce: softRoceSchema.optional(),
});
type DriversInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({
  driverStack: z.literal("inbox"),
  /** The soft-RoCE device as it is; absent when there is none of that name. */
  softRoce: z.union([softRoceSchema, z.undefined()]).optional(),
  persisted: z.boolean(),
});

const beforeSchema = z.strictObject({
  moduleLoaded: z.boolean(),
  /** Network device that a soft-RoCE device of this name was on. */
  networkDevice: z.string().nullable(),
});

const parentPattern = /^\/sys\/class\/infiniband\/([^/]+)\/parent$/;

export const drivers: Setting<DriversInputs, z.infer<typeof observedSchema>, z.infer<typeof beforeSchema>> = {
  type: "Drivers",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: ["softRoce"],

  key: () => "drivers",

  refuse: (host, inputs, facts) =>
    inputs.softRoce === undefined ? [] : refuseSoftRoce(host, inputs.softRoce.networkDevice, facts),

  requests: (_inputs, names) => [
    contentOf("/sys/class/infiniband/*/parent"),
    "present:/sys/module/rdma_rxe",
    ...persistenceRequests(names),
  ],

  observe(inputs, files, names) {
    const boot = bootScript(inputs);
    const networkDevice = softRoceParent(inputs, files);
    return {
      driverStack: "inbox",
      softRoce:
        inputs.softRoce === undefined || networkDevice === null
          ? undefined
          : { rdmaDevice: inputs.softRoce.rdmaDevice, networkDevice },
      persisted: boot === null || isPersisted(files, names, boot),
    };
  },

  compare: (inputs, observed) => changesOf(observed, { softRoce: inputs.softRoce, persisted: true }),

  writes: (_inputs, names) => persistedPaths(names),

  remember: (inputs, files) => ({
    moduleLoaded: files.has("/sys/module/rdma_rxe"),
    networkDevice: softRoceParent(inputs, files),
  }),

  apply({ inputs, names, files }) {
    const boot = bootScript(inputs);
    if (boot === null) return [];
    const install = isPersisted(files, names, boot) ? [] : persist(names, boot);
    return [...install, runNow(names, boot)];
  },

  restore({ inputs, names, files }, before, journal) {
    const filesBack = [...unlinkUnit(names), ...restoreFiles(journal), reloadUnits];
    const device = inputs.softRoce?.rdmaDevice;
    const now = softRoceParent(inputs, files);
    const operations: Operation[] = [];
    if (device !== undefined && now !== before.networkDevice) {
      if (now !== null) operations.push({ kind: "run", command: ["rdma", "link", "delete", device] });
      if (before.networkDevice !== null) operations.push(linkOn(device, before.networkDevice));
    }
    const isAlone = files.match(parentPattern).every((found) => found[1] === device);
    if (!before.moduleLoaded && files.has("/sys/module/rdma_rxe") && isAlone) {
      operations.push({ kind: "run", command: ["modprobe", "-r", "rdma_rxe"] });
    }
    return [...operations, ...filesBack];
  },
};

function refuseSoftRoce(host: string, networkDevice: string, facts: HostFacts): Refusal[] {
  const lent = facts.adapters.find((one) => one.driver === guestDriver);
  if (lent !== undefined && !facts.adapters.some((one) => one.networkDevices.includes(networkDevice))) {
    return [{ property: "softRoce", reason: heldByGuestSentence(host, lent.pciAddress) }];
  }
  const isDebian = facts.osId === "debian" || facts.osId === "ubuntu";
  const missing = [
    facts.hasRdmaTool ? [] : [isDebian ? "iproute2" : "iproute"],
    facts.hasSoftRoceLibrary ? [] : [isDebian ? "ibverbs-providers" : "libibverbs"],
    facts.hasSoftRoceModule ? [] : [`the kernel's modules package with rdma_rxe for ${facts.kernelRelease}`],
  ].flat();
  if (missing.length === 0) return [];
  return [
    { property: "softRoce", reason: `${host} lacks what soft-RoCE needs; install ${missing.join(", ")}` },
  ];
}

/** The network device below the soft-RoCE device (`parent` of Linux drivers/infiniband/sw/rxe/rxe_verbs.c). */
function softRoceParent(inputs: DriversInputs, files: HostFiles): string | null {
  if (inputs.softRoce === undefined) return null;
  return files.value(`/sys/class/infiniband/${inputs.softRoce.rdmaDevice}/parent`) ?? null;
}

function linkOn(rdmaDevice: string, networkDevice: string): Operation {
  return {
    kind: "run",
    command: ["rdma", "link", "add", rdmaDevice, "type", "rxe", "netdev", networkDevice],
  };
}

function bootScript(inputs: DriversInputs): BootScript | null {
  if (inputs.softRoce === undefined) return null;
  const { rdmaDevice, networkDevice } = inputs.softRoce;
  return {
    description: `soft-RoCE device ${rdmaDevice} on ${networkDevice}`,
    script: "soft-roce.sh",
    arguments: [rdmaDevice, networkDevice],
  };
}

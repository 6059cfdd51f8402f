/**
 * The RDMA drivers: the distribution's own (inbox) or a stack of NVIDIA's, and where the adapter has no RDMA, soft-RoCE on its
 * network device.
 */
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
import type { VendorStack } from "./driver-support.ts";
import {
  installedStack,
  installedStackRequests,
  installVendorDrivers,
  refuseVendorDrivers,
  removeVendorDrivers,
  type VendorDrivers,
  vendorDriversNotice,
  vendorDriversSchema,
  vendorPaths,
  vendorStackSchema,
} from "./vendor-drivers.ts";

const deviceName = z.string().regex(/^[\w.-]{1,15}$/, "must be a device name of at most 15 characters");

const softRoceSchema = z.strictObject({ rdmaDevice: deviceName, networkDevice: deviceName });

const driverStackSchema = z.enum(
  ["inbox", ...vendorStackSchema.options],
  "must be inbox, mlnx-ofed or doca-ofed",
);

const inputsSchema = z
  .strictObject({
    driverStack: driverStackSchema,
    /** Present for a stack of NVIDIA's. */
    vendor: vendorDriversSchema.optional(),
    softRoce: softRoceSchema.optional(),
  })
  .refine(({ driverStack, vendor }) => (driverStack === "inbox") === (vendor === undefined), {
    path: ["vendor"],
    message: "must be given for mlnx-ofed and doca-ofed, and for them alone",
  })
  .refine(({ vendor, softRoce }) => vendor === undefined || softRoce === undefined, {
    path: ["softRoce"],
    message: "must be left out with a stack of NVIDIA's, whose modules the kernel's soft-RoCE does not fit",
  });
type DriversInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({
  driverStack: driverStackSchema,
  /** Of a stack of NVIDIA's. */
  version: z.union([z.string(), z.undefined()]).optional(),
  /** The soft-RoCE device as it is; absent when there is none of that name. */
  softRoce: z.union([softRoceSchema, z.undefined()]).optional(),
  persisted: z.boolean(),
});

const beforeSchema = z.strictObject({
  moduleLoaded: z.boolean(),
  /** Network device that a soft-RoCE device of this name was on. */
  networkDevice: z.string().nullable(),
  /** A stack of NVIDIA's that was there; absent where none was looked for. */
  installedStack: z.strictObject({ stack: vendorStackSchema, version: z.string() }).nullable().optional(),
});

const ofedInfoPath = "/usr/bin/ofed_info";
const parentPattern = /^\/sys\/class\/infiniband\/([^/]+)\/parent$/;

export const drivers: Setting<DriversInputs, z.infer<typeof observedSchema>, z.infer<typeof beforeSchema>> = {
  type: "Drivers",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: ["driverStack", "vendor", "softRoce"],

  key: () => "drivers",

  refuse(host, inputs, facts) {
    const stack = vendorStackOf(inputs);
    return [
      ...(stack === null ? [] : refuseVendorDrivers(host, stack.stack, stack.vendor, facts)),
      ...(inputs.softRoce === undefined ? [] : refuseSoftRoce(host, inputs.softRoce.networkDevice, facts)),
    ];
  },

  requests: (inputs, names) => [
    ...(inputs.vendor === undefined ? [] : installedStackRequests),
    `present:${ofedInfoPath}`,
    contentOf("/sys/class/infiniband/*/parent"),
    "present:/sys/module/rdma_rxe",
    ...persistenceRequests(names),
  ],

  observe(inputs, files, names) {
    const boot = bootScript(inputs);
    const networkDevice = softRoceParent(inputs, files);
    const installed = inputs.vendor === undefined ? null : installedStack(files);
    return {
      driverStack: installed?.stack ?? "inbox",
      ...(installed === null ? {} : { version: installed.version }),
      softRoce:
        inputs.softRoce === undefined || networkDevice === null
          ? undefined
          : { rdmaDevice: inputs.softRoce.rdmaDevice, networkDevice },
      persisted: boot === null || isPersisted(files, names, boot),
    };
  },

  compare: (inputs, observed) =>
    changesOf(observed, {
      driverStack: inputs.driverStack,
      ...(inputs.vendor === undefined ? {} : { version: inputs.vendor.version }),
      softRoce: inputs.softRoce,
      persisted: true,
    }),

  writes: (inputs, names) => [
    ...persistedPaths(names),
    ...(inputs.vendor === undefined ? [] : Object.values(vendorPaths(names))),
  ],

  remember: (inputs, files) => ({
    moduleLoaded: files.has("/sys/module/rdma_rxe"),
    networkDevice: softRoceParent(inputs, files),
    ...(inputs.vendor === undefined ? {} : { installedStack: installedStack(files) }),
  }),

  apply({ inputs, names, files }, before) {
    const stack = vendorStackOf(inputs);
    if (stack !== null) {
      return installVendorDrivers(names, stack.stack, stack.vendor, before.installedStack ?? null);
    }
    const boot = bootScript(inputs);
    if (boot === null) return [];
    const install = isPersisted(files, names, boot) ? [] : persist(names, boot);
    return [...install, runNow(names, boot)];
  },

  notices(host, { inputs, files }, changes) {
    const stack = vendorStackOf(inputs);
    if (stack !== null) {
      return changes.length === 0 ? [] : [vendorDriversNotice(host, stack.stack, stack.vendor)];
    }
    return files.has(ofedInfoPath)
      ? [
          `${host} has an OFED installed (${ofedInfoPath}), so that its drivers are in use and not the inbox ones; configure it in appliance.drivers, or uninstall it`,
        ]
      : [];
  },

  restore({ inputs, names, files }, before, journal) {
    const stack = vendorStackOf(inputs);
    if (stack !== null) {
      const isOurs = before.installedStack == null;
      return [...(isOurs ? removeVendorDrivers(names, stack.stack) : []), ...restoreFiles(journal)];
    }
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

function vendorStackOf({
  driverStack,
  vendor,
}: DriversInputs): { stack: VendorStack; vendor: VendorDrivers } | null {
  return driverStack === "inbox" || vendor === undefined ? null : { stack: driverStack, vendor };
}

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

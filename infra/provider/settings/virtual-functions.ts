/** Virtual functions of an SR-IOV adapter: their number, and whether the host's own driver is bound to them. */
import * as z from "zod";
import { restoreFiles } from "../host/journal.ts";
import type { Operation } from "../host/operations.ts";
import { devicePath, guestDriver, heldByGuestSentence, sriovOffSentence } from "../host/pci.ts";
import { persistedPaths, persistenceRequests } from "../host/persistence.ts";
import { contentOf, type HostFiles } from "../host/snapshot.ts";
import { changesOf, type Setting } from "../setting.ts";
import { haveIdentities, infinibandRequests, subnetManagerNotices } from "./infiniband-functions.ts";
import { missingDriverSentence } from "./vendor-drivers.ts";
import { driverVariant, modprobePath } from "./virtual-function-drivers.ts";

const inputsSchema = z.strictObject({
  pciAddress: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, "must be like 0000:01:00.0"),
  count: z.int("must be a whole number of at least 1").min(1, "must be a whole number of at least 1"),
  hostDriver: z.enum(["none", "default"]),
  /** The adapter is an InfiniBand one of mlx5, whose functions need GUIDs. */
  infiniband: z.literal(true).optional(),
  /** The firmware is made to offer the functions before: what it offers at preview does not count. */
  changesFirmware: z.literal(true).optional(),
});
export type VirtualFunctionsInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({
  count: z.int(),
  hostDriver: z.enum(["none", "default"]),
  networkDeviceUp: z.boolean(),
  persisted: z.boolean(),
  /** Whether each function has its GUID and a port that follows the adapter's; absent without InfiniBand. */
  haveGuids: z.union([z.boolean(), z.undefined()]).optional(),
});

const beforeSchema = z.strictObject({
  count: z.int(),
  driversAutoprobe: z.string(),
  /** Network devices of the adapter that were down. */
  downDevices: z.array(z.string()),
});

/** Bit of `/sys/class/net/NAME/flags` that tells an administrator set the device up (IFF_UP of linux/if.h). */
const upFlag = 1;

export const virtualFunctions: Setting<
  VirtualFunctionsInputs,
  z.infer<typeof observedSchema>,
  z.infer<typeof beforeSchema>
> = {
  type: "VirtualFunctions",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: ["pciAddress"],

  key: (inputs) => `virtual-functions-${inputs.pciAddress}`,

  refuse(host, inputs, facts) {
    const { pciAddress, count } = inputs;
    const adapter = facts.adapters.find((one) => one.pciAddress === pciAddress);
    if (adapter === undefined) {
      const off = facts.adaptersWithoutSriov.find((one) => one.pciAddress === pciAddress);
      if (off !== undefined && inputs.changesFirmware === true) return [];
      if (off !== undefined) return [{ property: "pciAddress", reason: sriovOffSentence(host, off, count) }];
      return [{ property: "pciAddress", reason: `${host} has no SR-IOV network adapter ${pciAddress}` }];
    }
    if (adapter.driver === guestDriver) {
      return [{ property: "pciAddress", reason: heldByGuestSentence(host, pciAddress) }];
    }
    const total = adapter.totalVirtualFunctions;
    if (count > total && inputs.changesFirmware !== true) {
      const reason = `${pciAddress} on ${host} offers at most ${total} virtual functions; ${count} were asked for`;
      return [{ property: "count", reason }];
    }
    const variant = driverVariant(adapter.driver);
    const reason =
      variant === null
        ? (missingDriverSentence(host, adapter.vendorDevice, facts) ??
          `no kernel driver is bound to ${pciAddress} on ${host}, so it can't make virtual functions; give it back to its driver`)
        : variant.refuse(host, adapter, facts.managementDrivers);
    return reason === null ? [] : [{ property: "pciAddress", reason }];
  },

  requests: (inputs, names) => {
    const device = devicePath(inputs.pciAddress);
    return [
      contentOf(`${device}/sriov_numvfs`),
      contentOf(`${device}/sriov_drivers_autoprobe`),
      contentOf(`${device}/net/*/flags`),
      `link:${device}/driver`,
      ...(inputs.infiniband === true ? infinibandRequests(inputs.pciAddress) : []),
      contentOf("/sys/module/mlx4_core/parameters/probe_vf"),
      contentOf(modprobePath(names)),
      ...persistenceRequests(names),
    ];
  },

  observe(inputs, files, names) {
    const variant = variantOn(files, inputs);
    return {
      count: currentCount(files, inputs),
      hostDriver: variant?.hostDriver(files, inputs.pciAddress) ?? "default",
      networkDeviceUp: downDevices(files, inputs).length === 0,
      persisted: variant?.isPersisted(files, names, inputs) ?? false,
      ...(inputs.infiniband === true
        ? { haveGuids: haveIdentities(files, inputs.pciAddress, inputs.count) }
        : {}),
    };
  },

  compare: (inputs, observed) =>
    changesOf(observed, {
      count: inputs.count,
      hostDriver: inputs.hostDriver,
      networkDeviceUp: true,
      persisted: true,
      ...(inputs.infiniband === true ? { haveGuids: true } : {}),
    }),

  notices(host, { inputs, files }, changes) {
    const notice = variantOn(files, inputs)?.notice(host) ?? null;
    return [
      ...(changes.length === 0 || notice === null ? [] : [notice]),
      ...(inputs.infiniband === true ? subnetManagerNotices(host, files, inputs.pciAddress) : []),
    ];
  },

  writes: (_inputs, names) => [...persistedPaths(names), modprobePath(names)],

  remember: (inputs, files) => ({
    count: currentCount(files, inputs),
    driversAutoprobe: files.value(`${devicePath(inputs.pciAddress)}/sriov_drivers_autoprobe`) ?? "1",
    downDevices: downDevices(files, inputs),
  }),

  apply: ({ inputs, names, files }) => variantOn(files, inputs)?.apply(files, names, inputs) ?? [],

  restore({ inputs, names, files }, before, journal) {
    const filesBack = restoreFiles(journal);
    const back = variantOn(files, inputs)?.restore(files, names, inputs, before, filesBack) ?? filesBack;
    const down = before.downDevices.filter((name) => !downDevices(files, inputs).includes(name));
    return [
      ...back,
      ...down.map(
        (name): Operation => ({ kind: "run", command: ["ip", "link", "set", "dev", name, "down"] }),
      ),
    ];
  },
};

function variantOn(files: HostFiles, inputs: VirtualFunctionsInputs) {
  return driverVariant(files.linkName(`${devicePath(inputs.pciAddress)}/driver`) ?? "");
}

function currentCount(files: HostFiles, inputs: VirtualFunctionsInputs): number {
  return Number(files.value(`${devicePath(inputs.pciAddress)}/sriov_numvfs`) ?? 0);
}

function downDevices(files: HostFiles, inputs: VirtualFunctionsInputs): string[] {
  return files
    .match(/^\/sys\/bus\/pci\/devices\/([^/]+)\/net\/([^/]+)\/flags$/)
    .filter(([path, address]) => {
      const isUp = (Number(files.value(path)) & upFlag) !== 0;
      return address === inputs.pciAddress && !isUp;
    })
    .map((found) => found[2] ?? "");
}

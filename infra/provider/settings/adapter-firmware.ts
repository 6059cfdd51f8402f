/**
 * SR-IOV in the firmware of an NVIDIA adapter, turned on where the user asks for it. The firmware has one configuration in effect and one
 * for the next boot (NVIDIA MFT, mlxconfig): a change needs a reboot, which KernelArguments does for it, so that there is one in all.
 */
import * as z from "zod";
import { projectName } from "../../paths.ts";
import { HostError } from "../host/access.ts";
import { nvidiaGeneration } from "../host/adapter-models.ts";
import { restoreFiles } from "../host/journal.ts";
import type { Operation } from "../host/operations.ts";
import { devicePath } from "../host/pci.ts";
import { contentOf, type HostFiles, outputOf } from "../host/snapshot.ts";
import { changesOf, type Setting } from "../setting.ts";

export const adapterFirmwareInputsSchema = z.strictObject({
  pciAddress: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, "must be like 0000:01:00.0"),
  /** That the firmware is to offer, at least. */
  virtualFunctions: z
    .int("must be a whole number of at least 1")
    .min(1, "must be a whole number of at least 1"),
});
export type AdapterFirmwareInputs = z.infer<typeof adapterFirmwareInputsSchema>;

const observedSchema = z.object({
  /** Whether the adapter offers the functions, will do so after a reboot that is due, or neither. */
  sriov: z.enum(["on", "on after a reboot", "off"]),
});

/** The configuration for the next boot. */
const configurationSchema = z.strictObject({ enabled: z.boolean(), virtualFunctions: z.int() });
type FirmwareConfiguration = z.infer<typeof configurationSchema>;
const beforeSchema = z.strictObject({ configuration: configurationSchema.nullable() });

/** NVIDIA's own tool and the one of the distributions' mstflint take the same words. */
const tools = ["mstconfig", "mlxconfig"] as const;
const names = ["SRIOV_EN", "NUM_OF_VFS"] as const;
const queryOf = (tool: string, pciAddress: string): readonly [string, ...string[]] => [
  tool,
  "-d",
  pciAddress,
  "query",
  ...names,
];

export const adapterFirmware: Setting<
  AdapterFirmwareInputs,
  z.infer<typeof observedSchema>,
  z.infer<typeof beforeSchema>
> = {
  type: "AdapterFirmware",
  inputsSchema: adapterFirmwareInputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: ["pciAddress"],

  key: (inputs) => `adapter-firmware-${inputs.pciAddress}`,

  refuse(host, { pciAddress, virtualFunctions }, facts) {
    const adapter = [...facts.adapters, ...facts.adaptersWithoutSriov].find(
      (one) => one.pciAddress === pciAddress,
    );
    if (adapter === undefined) {
      return [{ property: "pciAddress", reason: `${host} has no SR-IOV network adapter ${pciAddress}` }];
    }
    if (adapter.totalVirtualFunctions >= virtualFunctions) return [];
    if (nvidiaGeneration(adapter.vendorDevice) === null) {
      const reason = `${pciAddress} (${adapter.vendorDevice}) on ${host} offers ${adapter.totalVirtualFunctions} virtual functions, and only the firmware of NVIDIA's adapters can be changed from here; turn SR-IOV on in the firmware set-up (BIOS)`;
      return [{ property: "pciAddress", reason }];
    }
    if (facts.hasFirmwareTool) return [];
    return [
      {
        property: "pciAddress",
        reason: `${host} has neither mstconfig nor mlxconfig to change the firmware of ${pciAddress} by; install mstflint`,
      },
    ];
  },

  requests: ({ pciAddress }) => [
    contentOf(`${devicePath(pciAddress)}/sriov_totalvfs`),
    contentOf(firmwareMarkerPath(pciAddress)),
    ...tools.map((tool) => outputOf(...queryOf(tool, pciAddress))),
  ],

  observe(inputs, files) {
    if (offeredFunctions(files, inputs.pciAddress) >= inputs.virtualFunctions) return { sriov: "on" };
    const next = configurationOn(files, inputs.pciAddress)?.configuration;
    const isConfigured = next?.enabled === true && next.virtualFunctions >= inputs.virtualFunctions;
    const isDue = files.has(firmwareMarkerPath(inputs.pciAddress));
    return { sriov: isConfigured && isDue ? "on after a reboot" : "off" };
  },

  compare: (_inputs, observed) => (observed.sriov === "off" ? changesOf(observed, { sriov: "on" }) : []),

  notices: (host, { inputs }, changes) =>
    changes.length === 0
      ? []
      : [
          `the firmware of ${inputs.pciAddress} on ${host} will be set to SRIOV_EN=1 NUM_OF_VFS=${inputs.virtualFunctions}, and ${host} rebooted once for it; some hosts need to be switched off and on instead`,
        ],

  writes: ({ pciAddress }) => [firmwareMarkerPath(pciAddress)],

  remember: (inputs, files) => ({
    configuration: configurationOn(files, inputs.pciAddress)?.configuration ?? null,
  }),

  apply({ inputs: { pciAddress, virtualFunctions }, files }) {
    const found = configurationOn(files, pciAddress);
    if (found === null) {
      throw new HostError(
        `the firmware configuration of ${pciAddress} can't be read by mstconfig or mlxconfig, so that it could not be put back; nothing was changed`,
      );
    }
    return [
      setConfiguration(found.tool, pciAddress, { enabled: true, virtualFunctions }),
      {
        kind: "install",
        path: firmwareMarkerPath(pciAddress),
        mode: "0644",
        content: "the firmware's configuration changed; this file goes with the reboot that is due\n",
      },
    ];
  },

  restore({ inputs: { pciAddress }, files }, before, journal) {
    const found = configurationOn(files, pciAddress);
    const isSame =
      found?.configuration.enabled === before.configuration?.enabled &&
      found?.configuration.virtualFunctions === before.configuration?.virtualFunctions;
    return [
      ...(found === null || before.configuration === null || isSame
        ? []
        : [setConfiguration(found.tool, pciAddress, before.configuration)]),
      ...restoreFiles(journal),
    ];
  },

  reboot: {
    isDue: () => false,
    timeoutSeconds: () => 0,
    purpose: () => "",
    afterRestore: (host) => `the adapter's firmware on ${host} is as before from its next reboot on`,
  },
};

/** A file that tells of a reboot that is due. It lies in memory, so that the reboot takes it away. */
export function firmwareMarkerPath(pciAddress: string): string {
  return `/run/${projectName}/adapter-firmware-${pciAddress}`;
}

/** Virtual functions that the adapter offers now; 0 with SR-IOV off. */
export function offeredFunctions(files: HostFiles, pciAddress: string): number {
  return Number(files.value(`${devicePath(pciAddress)}/sriov_totalvfs`) ?? 0);
}

/** Lines like `SRIOV_EN  False(0)` and `NUM_OF_VFS  8` of a query, which are for the next boot. */
function configurationOn(
  files: HostFiles,
  pciAddress: string,
): { tool: string; configuration: FirmwareConfiguration } | null {
  for (const tool of tools) {
    const printed = files.output(...queryOf(tool, pciAddress));
    const enabled = /^\s*SRIOV_EN\s+(?:True\(1\)|False\(0\)|[01])\s*$/m.exec(printed ?? "")?.[0];
    const functions = /^\s*NUM_OF_VFS\s+(\d+)\s*$/m.exec(printed ?? "")?.[1];
    if (enabled !== undefined && functions !== undefined) {
      const configuration = { enabled: /True|1\s*$/.test(enabled), virtualFunctions: Number(functions) };
      return { tool, configuration };
    }
  }
  return null;
}

function setConfiguration(
  tool: string,
  pciAddress: string,
  { enabled, virtualFunctions }: FirmwareConfiguration,
): Operation {
  const words = [`SRIOV_EN=${enabled ? 1 : 0}`, `NUM_OF_VFS=${virtualFunctions}`];
  return { kind: "run", command: [tool, "-d", pciAddress, "-y", "set", ...words] };
}

/** The configuration of the settings that make a node ready. */
import * as z from "zod";
import { count, sha256Schema } from "./config-fields.ts";
import { seriesOf } from "./provider/settings/driver-support.ts";

/** Where NVIDIA's drivers are had from, and which they are. */
const driverArchiveSchema = z.strictObject({
  version: z
    .string("a version as in 4.9-7.1.0.0 or 3.2.1")
    .regex(/^\d[\w.-]*$/, "a version as in 4.9-7.1.0.0 or 3.2.1"),
  source: z
    .string("a URL that the nodes can reach, or a path on them")
    .regex(/^(https?:\/\/|\/)\S+$/, "a URL that the nodes can reach, or a path on them"),
  sha256: sha256Schema,
  buildModules: z
    .boolean("true or false")
    .default(false)
    .describe("build the modules for a kernel that the archive has none for"),
});

export const applianceSchema = z.strictObject({
  iommu: z
    .enum(["passthrough", "translated"], "passthrough (as in the paper) or translated")
    .default("passthrough")
    .describe("passthrough: the host's own devices bypass translation (iommu=pt)"),
  kernelArguments: z
    .array(
      z
        .string()
        .regex(/^[\w.,:=/@+-]+$/, "one kernel argument as in mitigations=off, without blanks or quotes"),
    )
    .default([]),
  cpuFrequency: z.enum(["performance", "unmanaged"], "performance or unmanaged").default("performance"),
  drivers: z
    .enum(["inbox", "mlnx-ofed", "doca-ofed"], "inbox, mlnx-ofed or doca-ofed")
    .default("inbox")
    .describe("inbox: the distribution's own RDMA drivers"),
  driverArchive: driverArchiveSchema.optional().describe("of mlnx-ofed or doca-ofed"),
  adapterFirmware: z
    .enum(["unmanaged", "enable-sriov"], "unmanaged or enable-sriov")
    .default("unmanaged")
    .describe("enable-sriov: firmware of NVIDIA's adapters that has SR-IOV off is changed"),
  firewall: z
    .enum(["unmanaged", "open-fabric"], "unmanaged or open-fabric")
    .default("unmanaged")
    .describe("open-fabric: firewalld or ufw lets the other nodes' fabric addresses in"),
  softRoce: z.boolean("true or false").optional(),
  virtualFunctions: count(1, 127, "virtual functions on each adapter").default(2),
  hostDriverForVirtualFunctions: z.boolean("true or false").default(false),
  hugepages: z
    .strictObject({
      sizeKib: z.union([z.literal(2048), z.literal(1_048_576)], "2048 or 1048576").default(2048),
      count: count(0, 1_048_576, "huge pages on each node").default(0),
    })
    .prefault({}),
});

export type ApplianceConfiguration = z.infer<typeof applianceSchema>;

/** Finds what of the drivers can't be together; with the key of the appliance and what would be right. */
export function findDriverMistakes({
  drivers,
  driverArchive,
  softRoce,
}: ApplianceConfiguration): { readonly key: string; readonly message: string }[] {
  if (drivers === "inbox") {
    return driverArchive === undefined
      ? []
      : [
          {
            key: "driverArchive",
            message: "left out with inbox drivers, or drivers: mlnx-ofed or doca-ofed",
          },
        ];
  }
  if (driverArchive === undefined) {
    const message = `the version, source and sha256 of ${drivers}; nothing is taken from elsewhere`;
    return [{ key: "driverArchive", message }];
  }
  const mistakes: { key: string; message: string }[] = [];
  if (seriesOf(drivers, driverArchive.version) === undefined) {
    const message =
      drivers === "mlnx-ofed"
        ? "a version 4.9-…, 23.10-… or 24.10-… of MLNX_OFED"
        : "a version 2.9.… or 3.… of DOCA-OFED";
    mistakes.push({ key: "driverArchive.version", message });
  }
  if (softRoce === true) {
    mistakes.push({
      key: "softRoce",
      message: "false or left out: the kernel's soft-RoCE needs inbox drivers",
    });
  }
  return mistakes;
}

/** What is seen on a node of who holds its adapter: plain data that plans are made of. */
import * as z from "zod";

export const networkDeviceSchema = z.strictObject({
  name: z.string(),
  up: z.boolean(),
  mtuBytes: z.int(),
  macAddress: z.string().describe("lower case; 20 bytes on InfiniBand"),
  linkLayer: z.enum(["ethernet", "infiniband", "other"]),
  addresses: z.array(z.string()).describe("global ones with their prefix length, as in 198.18.0.1/16"),
});
export type NetworkDevice = z.infer<typeof networkDeviceSchema>;

const iommuGroupSchema = z.strictObject({
  number: z.int(),
  type: z.string().describe("identity, DMA or DMA-FQ; unknown where the kernel does not say"),
  others: z
    .array(z.strictObject({ pciAddress: z.string(), pciClass: z.string() }))
    .describe("other PCI devices of the group, bridges left out"),
});

const pciFunctionFields = {
  pciAddress: z.string(),
  driver: z.string().nullable(),
  networkDevices: z.array(networkDeviceSchema),
  rdmaDevices: z.array(z.string()).describe("of its driver; soft-RoCE devices are among softRoceLinks"),
  iommuGroup: iommuGroupSchema.nullable(),
};

export const virtualFunctionSchema = z.strictObject({
  index: z.int().min(0),
  ...pciFunctionFields,
  macAddress: z.string().nullable().describe("that the adapter gave it; null: none that the host can see"),
});
export type VirtualFunction = z.infer<typeof virtualFunctionSchema>;

const adapterStateSchema = z.strictObject({
  ...pciFunctionFields,
  virtualFunctionCount: z.int().min(0),
  virtualFunctionTotal: z.int().min(0),
  autoprobe: z.boolean().describe("whether the host binds drivers to virtual functions by itself"),
  virtualFunctions: z.array(virtualFunctionSchema),
});
export type AdapterState = z.infer<typeof adapterStateSchema>;

export const guestStateSchema = z.strictObject({
  name: z.string(),
  domain: z.string(),
  state: z.enum(["running", "paused", "shut-off", "missing"]),
  pciDevices: z.array(z.string()).describe("PCI addresses of the host's devices that it has"),
  interfaces: z
    .array(z.strictObject({ macAddress: z.string(), networkDevice: z.string() }))
    .describe("its virtio devices on network devices of the host"),
});
export type GuestState = z.infer<typeof guestStateSchema>;

export const nodeStateSchema = z.strictObject({
  adapter: adapterStateSchema.nullable().describe("null: there is no such PCI device"),
  softRoceLinks: z.array(z.strictObject({ rdmaDevice: z.string(), networkDevice: z.string() })),
  managementDevices: z.array(z.string()).describe("network devices that carry our own connection"),
  remembered: z
    .strictObject({
      networkDevice: z.string(),
      macAddress: z.string(),
      mtuBytes: z.int(),
      up: z.boolean(),
      addresses: z.array(z.string()),
    })
    .nullable()
    .describe("the adapter's network device before it was given away; null once it is as it was"),
  holders: z
    .array(z.strictObject({ processId: z.int(), program: z.string(), device: z.string() }))
    .describe("other programs that have the adapter open"),
  guests: z.array(guestStateSchema),
  libvirtFailure: z.string().nullable(),
});
export type NodeState = z.infer<typeof nodeStateSchema>;

/** Name of the driver that gives a device to a guest. */
export const guestDriver = "vfio-pci";

/** Names of the network devices of a PCI function. */
export function networkNames({ networkDevices }: Pick<AdapterState, "networkDevices">): string[] {
  return networkDevices.map(({ name }) => name);
}

/** Network adapters with SR-IOV by their PCI identifiers (pci.ids), without their virtual functions. */

/** NVIDIA's (Mellanox's) adapters as their drivers' release notes group them. */
export type NvidiaGeneration =
  | "ConnectX-3"
  | "Connect-IB"
  | "ConnectX-4"
  | "ConnectX-5"
  | "ConnectX-6"
  | "ConnectX-7"
  | "ConnectX-8"
  | "BlueField"
  | "BlueField-2"
  | "BlueField-3";

const nvidiaModels: Readonly<Record<string, NvidiaGeneration>> = {
  "15b3:1003": "ConnectX-3",
  // ConnectX-3 Pro: the same driver, in the same releases.
  "15b3:1007": "ConnectX-3",
  "15b3:1011": "Connect-IB",
  "15b3:1013": "ConnectX-4",
  // ConnectX-4 Lx
  "15b3:1015": "ConnectX-4",
  "15b3:1017": "ConnectX-5",
  // ConnectX-5 Ex
  "15b3:1019": "ConnectX-5",
  "15b3:101b": "ConnectX-6",
  // ConnectX-6 Dx and Lx
  "15b3:101d": "ConnectX-6",
  "15b3:101f": "ConnectX-6",
  "15b3:1021": "ConnectX-7",
  "15b3:1023": "ConnectX-8",
  "15b3:a2d2": "BlueField",
  "15b3:a2d6": "BlueField-2",
  "15b3:a2dc": "BlueField-3",
};

/** From 82576 on. */
const intelAdapter =
  /^8086:(10c9|10e6|10fb|10fc|1521|1528|154d|1557|1560|1563|1572|1581|1583|1584|158a|158b|1592|1593|159b)$/;

/**
 * The generation of an NVIDIA adapter; null for any other.
 * @param vendorDevice as in `15b3:1003`
 */
export function nvidiaGeneration(vendorDevice: string): NvidiaGeneration | null {
  return nvidiaModels[vendorDevice] ?? null;
}

/** Whether a model is known to have SR-IOV, whether or not its firmware has it on. */
export function isModelWithSriov(vendorDevice: string): boolean {
  return nvidiaGeneration(vendorDevice) !== null || intelAdapter.test(vendorDevice);
}

/** The kernel driver that an NVIDIA adapter needs. */
export function nvidiaDriver(generation: NvidiaGeneration): "mlx4_core" | "mlx5_core" {
  return generation === "ConnectX-3" ? "mlx4_core" : "mlx5_core";
}

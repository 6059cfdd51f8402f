/** Which adapter of a host is meant: pure, and refused rather than guessed. */
import { type Adapter, type AdapterWithoutSriov, managementSentence, sriovOffSentence } from "./pci.ts";

/** The adapter, or one sentence on why there is none. */
export type AdapterChoice =
  | { readonly adapter: Adapter; readonly refusal?: never }
  | { readonly adapter?: never; readonly refusal: string };

/**
 * Chooses the adapter on which virtual functions will be made.
 * @param wanted a PCI address, or `auto` for the only one that there is
 * @param host the node's name, for the sentence
 * @param withoutSriov adapters that would be some if their firmware let them
 */
export function chooseAdapter(
  host: string,
  adapters: readonly Adapter[],
  wanted: string,
  withoutSriov: readonly AdapterWithoutSriov[] = [],
): AdapterChoice {
  const named = adapters.map((one) => `${one.pciAddress} (${one.vendorDevice})`).join(", ");
  const isMeant = (one: AdapterWithoutSriov): boolean =>
    wanted === "auto" ? adapters.length === 0 : one.pciAddress === wanted;
  const off = withoutSriov.find(isMeant);
  if (off !== undefined) return { refusal: sriovOffSentence(host, off) };
  if (adapters.length === 0) {
    return {
      refusal: `${host} has no SR-IOV network adapter; check that the card is in, its firmware has SR-IOV on, and the firmware set-up (BIOS) has it on`,
    };
  }
  if (wanted !== "auto") {
    const adapter = adapters.find((one) => one.pciAddress === wanted);
    if (adapter === undefined) return { refusal: `${host} has no SR-IOV adapter ${wanted}; it has ${named}` };
    return refuseManagement(host, adapter);
  }
  const free = adapters.filter((one) => !one.carriesManagement);
  const [only, ...others] = free;
  if (others.length > 0) {
    return {
      refusal: `${host} has ${adapters.length} SR-IOV adapters: ${named}; choose one by its PCI address`,
    };
  }
  return refuseManagement(host, only ?? (adapters[0] as Adapter));
}

function refuseManagement(host: string, adapter: Adapter): AdapterChoice {
  if (!adapter.carriesManagement) return { adapter };
  return { refusal: managementSentence(host, adapter.pciAddress) };
}

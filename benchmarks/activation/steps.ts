/** What can be done to a node on the way from one holder of its adapter to another, one thing at a time. */

/** `guest` is its name in the inventory. `virtualFunction` null: the physical function, which is the whole adapter. */
export type Step =
  | { readonly kind: "start-guest" | "await-guest" | "resume-guest" | "pause-guest"; readonly guest: string }
  | { readonly kind: "detach-device"; readonly guest: string; readonly pciAddress: string }
  | { readonly kind: "detach-interface"; readonly guest: string; readonly macAddress: string }
  | { readonly kind: "attach-device"; readonly guest: string; readonly virtualFunction: number | null }
  | { readonly kind: "attach-interface"; readonly guest: string; readonly macAddress: string }
  | { readonly kind: "stop-driver-probing" | "bind-adapter" | "remember-network" | "restore-network" }
  | { readonly kind: "set-virtual-functions"; readonly count: number }
  | { readonly kind: "release-virtual-function" | "bind-virtual-function"; readonly virtualFunction: number }
  | {
      readonly kind: "set-virtual-function-mac";
      readonly virtualFunction: number;
      readonly macAddress: string;
    }
  | {
      readonly kind: "virtual-function-network";
      readonly virtualFunction: number;
      readonly address: string;
      readonly prefixLength: number;
    }
  | { readonly kind: "remove-soft-roce"; readonly rdmaDevice: string }
  | { readonly kind: "add-soft-roce"; readonly rdmaDevice: string; readonly virtualFunction: number | null };

/** A step in words, as in "attach virtual function 0 of 0000:01:00.0 to g1". */
export function describeStep(step: Step, adapter: string): string {
  switch (step.kind) {
    case "start-guest":
      return `start ${step.guest}`;
    case "await-guest":
      return `wait until ${step.guest} answers`;
    case "resume-guest":
      return `resume ${step.guest}`;
    case "pause-guest":
      return `pause ${step.guest}`;
    case "detach-device":
      return `detach ${step.pciAddress} from ${step.guest}`;
    case "detach-interface":
      return `detach virtio device ${step.macAddress} from ${step.guest}`;
    case "attach-device":
      return `attach ${functionOf(step.virtualFunction, adapter)} to ${step.guest}`;
    case "attach-interface":
      return `attach virtio device ${step.macAddress} on ${adapter} to ${step.guest}`;
    case "stop-driver-probing":
      return `let the host bind no drivers to virtual functions of ${adapter} by itself`;
    case "bind-adapter":
      return `give ${adapter} back to its driver`;
    case "remember-network":
      return `remember the network device of ${adapter}`;
    case "restore-network":
      return `set the network device of ${adapter} up as it was`;
    case "set-virtual-functions":
      return `give ${adapter} ${step.count} virtual functions`;
    case "release-virtual-function":
      return `take ${functionOf(step.virtualFunction, adapter)} from its driver`;
    case "bind-virtual-function":
      return `give ${functionOf(step.virtualFunction, adapter)} to its driver`;
    case "set-virtual-function-mac":
      return `give ${functionOf(step.virtualFunction, adapter)} the address ${step.macAddress}`;
    case "virtual-function-network":
      return `set ${functionOf(step.virtualFunction, adapter)} up as ${step.address}/${step.prefixLength}`;
    case "remove-soft-roce":
      return `remove soft-RoCE device ${step.rdmaDevice}`;
    case "add-soft-roce":
      return `make soft-RoCE device ${step.rdmaDevice} on ${functionOf(step.virtualFunction, adapter)}`;
  }
}

function functionOf(virtualFunction: number | null, adapter: string): string {
  return virtualFunction === null ? adapter : `virtual function ${virtualFunction} of ${adapter}`;
}

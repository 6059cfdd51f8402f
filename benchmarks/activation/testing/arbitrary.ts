/** Random nodes in any state that a switch of environments, broken off anywhere, or a user could have left. */
import fc from "fast-check";
import { environmentNamed, testInventory } from "./inventory.ts";
import {
  bareNetwork,
  deployedNode,
  type NodeModel,
  networkAtHome,
  virtualNetwork,
} from "./simulated-node.ts";

const inventory = testInventory();
const macAddresses = [
  "00:00:00:00:00:00",
  ...(["vm-sriov", "container-sriov"] as const).flatMap((name) =>
    environmentNamed(inventory, name).placements.map(({ macAddress = "" }) => macAddress),
  ),
];

const guestArbitrary = fc.record({
  state: fc.constantFrom("running" as const, "paused" as const, "shut-off" as const),
  answers: fc.boolean(),
  interfaces: fc.subarray(macAddresses.slice(1)),
});

/** Whose a virtual function is: a guest's by its number, the host's, bound to the guests' driver, or nobody's. */
const functionArbitrary = fc.record({
  owner: fc.constantFrom(0, 1, "host" as const, "stub" as const, null),
  macAddress: fc.constantFrom(...macAddresses),
  isSetUp: fc.boolean(),
});

/** The adapter away: in a guest by its number, or on its way. */
const awayArbitrary = fc.constantFrom(0, 1, "stub" as const, "unbound" as const);

export const nodeArbitrary: fc.Arbitrary<NodeModel> = fc
  .record({
    guests: fc.tuple(guestArbitrary, guestArbitrary),
    away: fc.option(awayArbitrary),
    functions: fc.array(functionArbitrary, { maxLength: 4 }),
    network: fc.constantFrom("home" as const, "bare" as const, "down" as const),
    isRemembered: fc.boolean(),
    autoprobe: fc.boolean(),
    softRoce: fc.constantFrom("none" as const, "adapter" as const, "virtual" as const, "other" as const),
  })
  .map(({ guests, away, functions, network, isRemembered, autoprobe, softRoce }) => {
    const node = deployedNode();
    node.softRoce.clear();
    node.autoprobe = autoprobe;
    for (const [index, guest] of node.guests.entries()) Object.assign(guest, guests[index]);
    const live = (index: number) => {
      const guest = node.guests[index];
      if (guest !== undefined && guest.state === "shut-off") guest.state = "paused";
      return guest;
    };
    if (away !== null) {
      node.adapter = { driver: away === "unbound" ? null : "vfio-pci", network: null };
      node.virtualFunctions = [];
      node.remembered = networkAtHome();
      if (typeof away === "number") live(away)?.functions.push(-1);
    } else {
      node.adapter.network =
        network === "bare" ? bareNetwork() : { ...networkAtHome(), up: network !== "down" };
      node.remembered = isRemembered || network === "bare" ? networkAtHome() : null;
      node.virtualFunctions = functions.map(({ owner, macAddress, isSetUp }, index) => {
        const isHosts = owner === "host";
        if (typeof owner === "number") live(owner)?.functions.push(index);
        return {
          driver: isHosts ? "igbvf" : owner === null ? null : "vfio-pci",
          network: isHosts
            ? {
                ...virtualNetwork(index, macAddress),
                ...(isSetUp ? { up: true, mtuBytes: 9000, addresses: ["198.19.2.1/16"] } : {}),
              }
            : null,
          macAddress,
        };
      });
    }
    // Devices on the adapter go with it; a guest that is shut off has none.
    for (const guest of node.guests) {
      if (guest.state === "shut-off" || node.adapter.network === null) guest.interfaces = [];
    }
    const virtual = node.virtualFunctions.find((candidate) => candidate.network !== null)?.network?.name;
    const parent = { none: undefined, adapter: node.adapter.network?.name, virtual, other: "mgmt0" }[
      softRoce
    ];
    if (parent !== undefined) node.softRoce.set("rxe0", parent);
    return node;
  });

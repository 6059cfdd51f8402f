/** The scripts that are sent to nodes and guests, as they are sent: whole, so that nothing has to be there before. */
import { scriptsBeside } from "../script-text.ts";

const textOf = scriptsBeside(import.meta.url);
const common = textOf("common.sh");

/** Says what a node is like. */
export const observeScript = textOf("observe.sh");
/** Does one thing to a node's adapter. */
export const adapterScript = common + textOf("adapter.sh");
/** Does one thing to a guest, from its node. */
export const guestDeviceScript = common + textOf("guest-device.sh");
/** Runs a command in a guest, from its node. */
export const inGuestScript = textOf("in-guest.sh");
/** Sets up, inside a guest, the device that it was given. */
export const guestFabricScript = common + textOf("guest-fabric.sh");

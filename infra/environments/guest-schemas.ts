/** What the actions that guests are made with print. Apart from the programs, so that the declaration loads none of them. */
import * as z from "zod";

/** How a node's libvirt is reached. */
export const libvirtReachSchema = z.strictObject({ uri: z.string().startsWith("qemu+ssh://") });

/** How commands are run in a node's guests. */
export const guestAccessSchema = z.strictObject({
  elevation: z.array(z.string()).describe("words before a command of root's on the node; none: we are root"),
});

/** A checked guest image on this machine. */
export const guestImageSchema = z.strictObject({
  path: z.string(),
  virtualSizeBytes: z.int().min(1),
});

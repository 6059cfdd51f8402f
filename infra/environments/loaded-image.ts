/** What loading a container image prints. Apart from the program, so that the declaration does not load it. */
import * as z from "zod";

/** An image that a node's Docker has. */
export const loadedImageSchema = z.strictObject({
  imageId: z.string().describe("as Docker shows it, sha256:…"),
});
export type LoadedImage = z.infer<typeof loadedImageSchema>;

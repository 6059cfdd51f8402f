/** What a build of the images gives. */
import * as z from "zod";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** What a build gives. Digests are hex SHA-256, except for the container image's id. */
export const imageSetSchema = z.strictObject({
  recipeDigest: sha256Schema,
  nodeImage: z.string().describe("path of the node's disk, qcow2"),
  nodeImageDigest: sha256Schema,
  containerImage: z.string().describe("path of an archive for docker load"),
  containerImageDigest: z.string().describe("image id as Docker shows it, sha256:…"),
  containerImageName: z.string().describe("name:tag that docker load makes known"),
  kernelRelease: z.string(),
  guest: z
    .strictObject({
      kernel: z.string().describe("path of the guest's kernel, not compressed (PVH)"),
      kernelDigest: sha256Schema,
      initrd: z.string().describe("path of the guest's initrd, not compressed"),
      initrdDigest: sha256Schema,
      rootImage: z.string().describe("path of the guest's disk, compressed qcow2"),
      rootImageDigest: sha256Schema,
    })
    .describe("the lean guest of the nodes"),
  binaries: z
    .record(z.string(), sha256Schema)
    .describe("digests of the programs, the same in node, container and guest"),
});
export type ImageSet = z.infer<typeof imageSetSchema>;

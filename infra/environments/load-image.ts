/**
 * Brings a container image to a node's Docker without a registry, or takes it away again.
 * Run as `load-image.ts load|remove` with the request as JSON in TESTBED_REQUEST; prints `{"imageId": …}`.
 */
import * as z from "zod";
import { connectionSchema } from "../inventory.ts";
import { RemoteError } from "../remote/remote.ts";
import { SshRemote } from "../remote/ssh.ts";
import type { LoadedImage } from "./loaded-image.ts";

const requestSchema = z.strictObject({
  nodeName: z.string(),
  connection: connectionSchema,
  socketDirectory: z.string(),
  archivePath: z.string(),
  imageName: z.string().describe("name:tag that the archive carries"),
  imageId: z.string().describe("as Docker shows it, sha256:…"),
});
export type LoadRequest = z.infer<typeof requestSchema>;

/** Docker can't be reached on the node, or does not do what it was asked. */
class ImageError extends Error {}

/** Time that an emulated node needs to start Docker and unpack the image, several times over. */
const dockerTimeoutMs = 300_000;

async function main(verb: string | undefined): Promise<void> {
  const request = requestSchema.parse(JSON.parse(process.env.TESTBED_REQUEST ?? "null"));
  const remote = new SshRemote(request.nodeName, request.connection, request.socketDirectory);
  const docker = async (words: readonly string[], inputFile?: string): Promise<string> => {
    const options = { timeoutMs: dockerTimeoutMs, ...(inputFile === undefined ? {} : { inputFile }) };
    const result = await remote.run(["docker", ...words], options);
    if (result.exitCode !== 0) {
      const said =
        result.stderr.trim().split("\n").at(-1) || `exit status ${result.exitCode ?? "none, time limit"}`;
      throw new ImageError(
        `Containers need Docker on ${remote.description}, and docker ${words[0]} failed there: ${said}`,
      );
    }
    return result.stdout.trim();
  };
  switch (verb) {
    case "load": {
      process.stderr.write(`${request.nodeName}: bringing the container image\n`);
      await docker(["load"], request.archivePath);
      const imageId = await docker(["image", "inspect", "--format", "{{.Id}}", request.imageName]);
      if (imageId !== request.imageId) {
        throw new ImageError(
          `${remote.description} has ${imageId} as ${request.imageName}, and not ${request.imageId}`,
        );
      }
      const loaded: LoadedImage = { imageId };
      process.stdout.write(`${JSON.stringify(loaded)}\n`);
      return;
    }
    case "remove":
      await docker(["image", "rm", "--force", request.imageName]);
      return;
    default:
      throw new ImageError(`usage: load-image.ts load|remove, not "${verb ?? ""}"`);
  }
}

try {
  await main(process.argv[2]);
} catch (error) {
  if (!(error instanceof ImageError || error instanceof RemoteError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

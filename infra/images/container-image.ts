/** An image archive for `docker load` from one layer. Its id follows from its content alone. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";

/** Hex SHA-256 of a file's content. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Repository name of the image; its tag is the beginning of its digest. */
export const containerRepository = "testbed-userland";

/** The image's configuration as Docker wants it, for one layer with this hex SHA-256. Pure. */
export function imageConfiguration(layerDigest: string): string {
  return JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      Cmd: ["sleep", "infinity"],
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created: "1970-01-01T00:00:00Z", created_by: "hpc-virtualization-testbed userland" }],
  });
}

export interface ContainerImage {
  /** `name:tag` under which `docker load` makes it known. */
  readonly name: string;
  /** The image id, `sha256:…`, as `docker image inspect` shows it. */
  readonly digest: string;
}

/** Packs `layer.tar` of the work folder (it is moved) into an image archive at `target`. */
export async function packContainerImage(work: string, target: string): Promise<ContainerImage> {
  const folder = join(work, "image");
  const layerDigest = await fileDigest(join(work, "layer.tar"));
  await mkdir(folder);
  await rename(join(work, "layer.tar"), join(folder, "layer.tar"));
  const configuration = imageConfiguration(layerDigest);
  const digest = createHash("sha256").update(configuration).digest("hex");
  const name = `${containerRepository}:${digest.slice(0, 12)}`;
  await writeFile(join(folder, `${digest}.json`), configuration);
  const manifest = [{ Config: `${digest}.json`, RepoTags: [name], Layers: ["layer.tar"] }];
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  const order = ["manifest.json", `${digest}.json`, "layer.tar"];
  const reproducible = ["--format=gnu", "--numeric-owner", "--owner=0", "--group=0", "--mtime=@0"];
  await execa("tar", ["--create", "--file", target, "--directory", folder, ...reproducible, ...order]);
  return { name, digest: `sha256:${digest}` };
}

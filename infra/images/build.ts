/**
 * Builds node image, container image and guest, or finds them in the cache. Run as `node infra/images/build.ts`: progress on stderr, one
 * JSON document (ImageSet) on stdout.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { cacheDirectory } from "../paths.ts";
import { searchPath } from "../programs.ts";
import { type ContainerImage, fileDigest, packContainerImage } from "./container-image.ts";
import { type ImageSet, imageSetSchema } from "./image-set.ts";
import { unpackKernel } from "./kernel-payload.ts";
import { withLock } from "./lock.ts";
import { mirrorFromSources } from "./mirror.ts";
import {
  debianRelease,
  missingPackages,
  mpiDevelopmentMembers,
  neededBytes,
  recipeDigest,
  recipeDirectory,
  recipeList,
  userlandPrograms,
  userlandSources,
  userlandSteps,
} from "./recipe.ts";

/** Byte offset of the root partition in the raw disk; make-disk.sh puts it there. */
const rootPartitionOffset = 17 * 1024 * 1024;
/** Begins the name of a folder in which a build is under way. */
const workPrefix = ".build-";

const environment = {
  ...process.env,
  PATH: searchPath(),
  LC_ALL: "C.UTF-8",
  TESTBED_RECIPE: recipeDirectory,
};

const startedAt = performance.now();
function progress(message: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds} s  ${message}\n`);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function debianMirror(): string {
  const given = process.env.TESTBED_DEBIAN_MIRROR;
  if (given !== undefined && given !== "") return given;
  const folder = "/etc/apt/sources.list.d";
  const listed = existsSync(folder) ? readdirSync(folder).sort() : [];
  const files = ["/etc/apt/sources.list", ...listed.map((name) => join(folder, name))];
  return mirrorFromSources(
    files
      .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
      .map((file) => ({ name: file, text: readFileSync(file, "utf8") })),
  );
}

/** Runs one step; its output is shown only when it fails. The step ends when this process does. */
async function step(words: readonly string[]): Promise<string> {
  const result = await execa("setpriv", ["--pdeathsig", "TERM", "--", ...words], {
    env: environment,
    all: true,
    reject: false,
    stdin: "ignore",
  });
  if (result.failed) {
    const said = result.all.split("\n").slice(-20).join("\n");
    throw new Error(`${words[0]} failed while building the images; its last lines were:\n${said}`);
  }
  return result.stdout;
}

/** Words that give what follows them root rights over files: none as root, else a user namespace. */
function rootWords(): string[] {
  return process.getuid?.() === 0 ? [] : ["unshare", "--user", "--map-auto", "--map-root-user"];
}

/** Installs Debian into `system.tar` of the work folder. */
async function installSystem(work: string): Promise<void> {
  const mirror = debianMirror();
  progress(`installing Debian ${debianRelease} from ${mirror} (1 to 2 minutes)`);
  const packages = [...recipeList("node.packages"), ...recipeList("userland.packages")];
  const excludes = recipeList("dpkg.excludes").map((path) => `path-exclude=${path}\n`);
  await writeFile(join(work, "dpkg.options"), excludes.join(""));
  await step([
    "mmdebstrap",
    "--variant=minbase",
    `--mode=${process.getuid?.() === 0 ? "root" : "unshare"}`,
    "--keyring=/usr/share/keyrings/debian-archive-keyring.gpg",
    `--include=${packages.join(",")}`,
    `--dpkgopt=${join(work, "dpkg.options")}`,
    '--aptopt=Acquire::Languages "none"',
    // The second one removes the lists that the first one downloads by.
    `--customize-hook=${join(recipeDirectory, "download-mpi-headers.sh")}`,
    `--customize-hook=${join(recipeDirectory, "customize-node.sh")}`,
    debianRelease,
    join(work, "system.tar"),
    mirror,
  ]);
}

/** Makes the project's own files of the userland in the folder `userland` of the work folder, at their paths. */
async function makeUserland(work: string): Promise<void> {
  const development = join(work, "development");
  await mkdir(development);
  const archive = join(work, "system.tar");
  const members = ["--wildcards", ...mpiDevelopmentMembers];
  await step(["tar", "--extract", "--file", archive, "--directory", development, ...members]);
  const steps = userlandSteps(userlandSources(), join(work, "userland"), development);
  for (const { file, command } of steps) {
    await mkdir(dirname(file), { recursive: true });
    await step(command);
  }
}

/** Copies programs out of an ext4 file system into a new folder, under the number that each has in the list. */
async function dumpPrograms(paths: readonly string[], fileSystem: string, folder: string): Promise<void> {
  await mkdir(folder);
  const commands = paths.map((path, index) => `dump ${path} ${join(folder, String(index))}\n`);
  await writeFile(`${folder}.commands`, commands.join(""));
  await step(["debugfs", "-f", `${folder}.commands`, fileSystem]);
}

/** Digests of the userland's programs as the finished disks and the finished layer hold them; throws when two differ. */
async function compareBinaries(work: string): Promise<Record<string, string>> {
  const paths = userlandPrograms();
  const [fromNode, fromGuest, fromLayer] = [join(work, "node"), join(work, "guest"), join(work, "layer")];
  const files = (await readFile(join(work, "programs.files"), "utf8")).trim().split("\n");
  await dumpPrograms(files, `${join(work, "disk.raw")}?offset=${rootPartitionOffset}`, fromNode);
  await dumpPrograms(paths, join(work, "guest.raw"), fromGuest);
  await mkdir(fromLayer);
  const members = paths.map((path) => `.${path}`);
  await step(["tar", "--extract", "--file", join(work, "layer.tar"), "--directory", fromLayer, ...members]);
  const binaries: Record<string, string> = {};
  for (const [index, path] of paths.entries()) {
    const onNode = await fileDigest(join(fromNode, String(index)));
    const inGuest = await fileDigest(join(fromGuest, String(index)));
    const inContainer = await fileDigest(join(fromLayer, path));
    if (onNode !== inContainer) throw new Error(`${path} differs between node image and container image`);
    if (onNode !== inGuest) throw new Error(`${path} differs between node image and guest`);
    binaries[path] = onNode;
  }
  return binaries;
}

/** Builds everything in the work folder and moves it to its place in one step. */
async function build(digest: string, work: string, target: string): Promise<void> {
  await installSystem(work);
  progress("making the project's own programs");
  await makeUserland(work);
  progress("making disk, container root and guest");
  await writeFile(join(work, "programs.list"), `${userlandPrograms().join("\n")}\n`);
  await step([...rootWords(), "sh", join(recipeDirectory, "assemble.sh"), recipeDirectory, work]);
  await writeFile(join(work, "guest-kernel"), unpackKernel(await readFile(join(work, "vmlinuz"))));
  progress("comparing the programs in all three");
  const binaries = await compareBinaries(work);
  const container: ContainerImage = await packContainerImage(work, join(work, "container.tar"));
  const images: ImageSet = {
    recipeDigest: digest,
    nodeImage: join(target, "node.qcow2"),
    nodeImageDigest: await fileDigest(join(work, "node.qcow2")),
    containerImage: join(target, "container.tar"),
    containerImageDigest: container.digest,
    containerImageName: container.name,
    kernelRelease: (await readFile(join(work, "kernel-release"), "utf8")).trim(),
    guest: {
      kernel: join(target, "guest-kernel"),
      kernelDigest: await fileDigest(join(work, "guest-kernel")),
      initrd: join(target, "guest-initrd"),
      initrdDigest: await fileDigest(join(work, "guest-initrd")),
      rootImage: join(target, "guest.qcow2"),
      rootImageDigest: await fileDigest(join(work, "guest.qcow2")),
    },
    binaries,
  };
  const results = new Set(["node.qcow2", "container.tar", "guest-kernel", "guest-initrd", "guest.qcow2"]);
  for (const name of readdirSync(work).filter((entry) => !results.has(entry))) {
    await rm(join(work, name), { recursive: true });
  }
  await writeFile(join(work, "images.json"), JSON.stringify(images, null, 2));
  await rename(work, target);
}

/** The images of the present recipe: from the cache, or built now. */
export async function ensureImages(): Promise<ImageSet> {
  const folder = join(cacheDirectory(), "images");
  const digest = recipeDigest();
  const target = join(folder, digest.slice(0, 16));
  const record = join(target, "images.json");
  const cached = async (): Promise<ImageSet | null> =>
    existsSync(record) ? imageSetSchema.parse(JSON.parse(await readFile(record, "utf8"))) : null;

  const found = await cached();
  if (found !== null) return found;
  const waiting = (pid: number): void => progress(`waiting for the build of process ${pid}`);
  return withLock(join(folder, ".lock"), waiting, async () => {
    const builtMeanwhile = await cached();
    if (builtMeanwhile !== null) return builtMeanwhile;
    for (const name of readdirSync(folder).filter((entry) => entry.startsWith(workPrefix))) {
      progress(`removing what a build that died left: ${name}`);
      await rm(join(folder, name), { recursive: true, force: true });
    }
    const missing = missingPackages();
    if (missing.length > 0) {
      throw new Error(
        `building the images needs programs of these packages: apt-get install ${missing.join(" ")}`,
      );
    }
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < neededBytes) {
      throw new Error(
        `building the images needs ${gigabytes(neededBytes)} in ${folder}, ${gigabytes(bavail * bsize)} are free`,
      );
    }
    const work = join(folder, `${workPrefix}${process.pid}`);
    await mkdir(work, { recursive: true });
    try {
      await build(digest, work, target);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    progress("images are ready");
    const built = await cached();
    if (built === null) throw new Error(`the build left no ${record}`);
    return built;
  });
}

if (import.meta.main) {
  try {
    const images = await ensureImages();
    process.stdout.write(`${JSON.stringify(images, null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Finds the Pulumi packages that a program depends on, so that the engine knows their plugins before it runs. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What a Pulumi package says of itself under `pulumi` in its package.json. */
export interface PulumiPackage {
  name: string;
  version: string;
  /** The package that a general plugin is made into; `value` is base64. */
  parameterization: { name: string; version: string; value: string } | undefined;
}

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  pulumi?: {
    resource?: boolean;
    name?: string;
    version?: string;
    parameterization?: { name: string; version: string; value: string };
  };
}

/** The Pulumi packages among the dependencies that the program's package.json lists. */
export async function requiredPackages(programFolder: string): Promise<PulumiPackage[]> {
  const home = findUpwards(programFolder, "package.json");
  if (home === undefined) return [];
  const { dependencies = {} } = await readManifest(join(home, "package.json"));
  const manifests = await Promise.all(
    Object.keys(dependencies).map(async (name) => {
      const place = join("node_modules", name, "package.json");
      const folder = findUpwards(home, place);
      return folder === undefined ? undefined : readManifest(join(folder, place));
    }),
  );
  return manifests.flatMap((manifest) => packageOf(manifest) ?? []);
}

/** What a package's manifest says of its plugin, if it has one. */
export function packageOf(manifest: Manifest | undefined): PulumiPackage | undefined {
  if (!manifest?.pulumi?.resource) return undefined;
  const { pulumi } = manifest;
  const name = pulumi.name ?? manifest.name?.replace(/^@pulumi\//, "");
  const version = pulumi.version ?? manifest.version;
  if (name === undefined || version === undefined) return undefined;
  return { name, version: version.replace(/^v/, ""), parameterization: pulumi.parameterization };
}

async function readManifest(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(path, "utf8")) as Manifest;
}

function findUpwards(folder: string, place: string): string | undefined {
  if (existsSync(join(folder, place))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findUpwards(parent, place);
}

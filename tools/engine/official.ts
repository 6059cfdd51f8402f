import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import type { Official } from "./choice.ts";
import { OFFICIAL_PLUGINS } from "./pieces.ts";

/** Where the official Pulumi gets its plugins from. */
const DOWNLOADS = "https://get.pulumi.com/releases/plugins/";
const DOWNLOADS_TIMEOUT_MS = 3000;

/** Where tools/env finds the programs of a built engine, in whichever checkout. */
const BUILT_ENGINE = "/.testbed/engine/bin";

/** Looks for an official `pulumi` on the PATH, leaving out the engines that this project has built itself. */
export async function findOfficial(environment: NodeJS.ProcessEnv): Promise<Official | undefined> {
  const folders = (environment.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.endsWith(BUILT_ENGINE));
  const pulumi = await findProgram("pulumi", folders);
  if (pulumi === undefined) return undefined;
  const { stdout, exitCode } = await execa(pulumi, ["version"], {
    env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    reject: false,
  });
  if (exitCode !== 0) return undefined;
  return {
    version: stdout.trim(),
    hasLanguageHost:
      (await findProgram("pulumi-language-nodejs", [dirname(pulumi), ...folders])) !== undefined,
    hasPlugins: pluginsInstalled(environment) || (await downloadsReached()),
  };
}

async function findProgram(name: string, folders: string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

function pluginsInstalled(environment: NodeJS.ProcessEnv): boolean {
  const home = environment.PULUMI_HOME ?? join(homedir(), ".pulumi");
  return OFFICIAL_PLUGINS.every((plugin) => existsSync(join(home, "plugins", plugin)));
}

/** Any answer will do, even a refusal: it comes from where the plugins are. */
async function downloadsReached(): Promise<boolean> {
  try {
    await fetch(DOWNLOADS, { method: "HEAD", signal: AbortSignal.timeout(DOWNLOADS_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  }
}

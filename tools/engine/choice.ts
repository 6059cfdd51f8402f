/** Which engine is used: the official Pulumi of this machine, or one built from Go modules. */

/** The oldest official Pulumi that the pinned SDKs work with, and the first that may not. */
const LEAST = [3, 259, 0] as const;
const MAJOR = LEAST[0];

/** What is known of an official `pulumi` on the PATH. */
export interface Official {
  version: string;
  /** Whether its Node.js language host is beside it or on the PATH. */
  hasLanguageHost: boolean;
  /** Whether every plugin is installed, or can be downloaded. */
  hasPlugins: boolean;
}

/** The engine to use, with the reason told to the user. */
export interface Choice {
  engine: "official" | "built";
  reason: string;
}

/** Chooses the engine. The official one is taken wherever it can do the whole job. */
export function chooseEngine(official: Official | undefined): Choice {
  if (official === undefined) return built("no pulumi is on the PATH");
  const { version, hasLanguageHost, hasPlugins } = official;
  if (!fits(version))
    return built(`pulumi ${version} is not of a fitting version (${LEAST.join(".")} or newer)`);
  if (!hasLanguageHost) return built(`pulumi ${version} has no pulumi-language-nodejs`);
  if (!hasPlugins) return built(`pulumi ${version} can't download the plugins from here`);
  return { engine: "official", reason: `pulumi ${version} is on the PATH` };
}

function built(reason: string): Choice {
  return { engine: "built", reason };
}

function fits(version: string): boolean {
  const match = version.match(/^v?(\d+)\.(\d+)\.(\d+)/);
  if (match === null) return false;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map(Number);
  if (major !== MAJOR) return false;
  return minor > LEAST[1] || (minor === LEAST[1] && patch >= LEAST[2]);
}

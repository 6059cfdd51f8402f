/** Which Debian packages are needed, which are installed, and how to get the others. Pure; apt.ts acts on it. */

/** A package that the project needs, at a version of at least `least`. */
export interface NeededPackage {
  name: string;
  least: string | undefined;
}

/** Reads tools/debian-packages.txt: a name, a least version or `-`, and a comment a line. */
export function parsePackageList(text: string): NeededPackage[] {
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [name, least, ...rest] = line.split(/\s+/);
      if (name === undefined || least === undefined || rest.length > 0) {
        throw new Error(`debian-packages.txt: expected NAME LEAST-VERSION, found ${JSON.stringify(line)}`);
      }
      return { name, least: least === "-" ? undefined : least };
    });
}

/** The versions of the installed packages, from rows of name, status and version. */
export function parseInstalled(text: string): Map<string, string> {
  const rows = text.split("\n").map((line) => line.split(" "));
  return new Map(
    rows.flatMap(([name, status, version]) =>
      name !== undefined && status === "installed" && version !== undefined ? [[name, version]] : [],
    ),
  );
}

/** The suite that holds newer packages for a release, for the releases whose own are too old. */
export function backportsOf(osRelease: string): string | undefined {
  const field = (name: string) => osRelease.match(new RegExp(`^${name}="?([^"\n]*)"?$`, "m"))?.[1];
  return field("ID") === "debian" && field("VERSION_ID") === "12" ? "bookworm-backports" : undefined;
}

/** The arguments of apt-get that install the packages. */
export function installArguments(packages: NeededPackage[], suite: string | undefined): string[] {
  const target =
    suite !== undefined && packages.some(({ least }) => least !== undefined) ? ["-t", suite] : [];
  return ["install", "--yes", "--no-install-recommends", ...target, ...packages.map(({ name }) => name)];
}

/**
 * A deb822 source for a suite, with the address and the key of the machine's own Debian source, so that a machine
 * with a mirror goes on using it.
 */
export function sourceFor(suite: string, ownSources: string[]): string {
  const own = ownSources
    .flatMap((text) => text.split(/\n\s*\n/))
    .find(
      (stanza) => field(stanza, "URIs") !== undefined && /\bbookworm\b/.test(field(stanza, "Suites") ?? ""),
    );
  const uris = (own && field(own, "URIs")) ?? "http://deb.debian.org/debian";
  const key = (own && field(own, "Signed-By")) ?? "/usr/share/keyrings/debian-archive-keyring.gpg";
  return [
    "# Written by tools/setup of hpc-virtualization-testbed: a QEMU and a libvirt that are new enough.",
    "Types: deb",
    `URIs: ${uris}`,
    `Suites: ${suite}`,
    "Components: main",
    `Signed-By: ${key}`,
    "",
  ].join("\n");
}

function field(stanza: string, name: string): string | undefined {
  return stanza.match(new RegExp(`^${name}:[ \t]*(.+)$`, "m"))?.[1];
}

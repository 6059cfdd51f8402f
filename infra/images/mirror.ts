/** Which Debian mirror the images come from: the one that this machine itself is set up for. */

/** Debian's own front end, for machines whose apt sources name no Debian mirror. */
export const defaultMirror = "http://deb.debian.org/debian";

interface Source {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Reads one-line sources: `deb [options] URI SUITE COMPONENT...`. */
function oneLineSources(text: string): Source[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (match === null) return [];
    const [, uri = "", suite = "", components = ""] = match;
    return [{ uris: [uri], suites: [suite], components: components.trim().split(/\s+/) }];
  });
}

/** Reads deb822 sources: paragraphs of `Field: values`. */
function deb822Sources(text: string): Source[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const words = (field: string): string[] => {
      const match = new RegExp(`^${field}:(.*(?:\\n[ \\t].*)*)`, "im").exec(paragraph);
      return (match?.[1] ?? "").split(/\s+/).filter((word) => word !== "");
    };
    if (!words("Types").includes("deb") || words("Enabled").includes("no")) return [];
    return [{ uris: words("URIs"), suites: words("Suites"), components: words("Components") }];
  });
}

/**
 * The mirror of Debian's main archive in apt sources, or the default. Backports, updates and security are other archives
 * or the same mirror under another suite, so that only a plain suite counts.
 */
export function mirrorFromSources(files: readonly { name: string; text: string }[]): string {
  const sources = files.flatMap(({ name, text }) =>
    name.endsWith(".sources") ? deb822Sources(text) : oneLineSources(text),
  );
  for (const source of sources) {
    const plainSuite = source.suites.some((suite) => /^[a-z]+$/.test(suite));
    const uri = source.uris.find((candidate) => /\/debian\/?$/.test(candidate));
    if (plainSuite && source.components.includes("main") && uri !== undefined) return uri.replace(/\/$/, "");
  }
  return defaultMirror;
}

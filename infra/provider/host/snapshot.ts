/** What files on a host hold, as snapshot.sh prints it: read in one round trip, kept as plain data. */
import { projectName } from "../../paths.ts";

/** A request to snapshot.sh: which paths, and what of them. */
export type SnapshotRequest = `${"content" | "link" | "present" | "output"}:${string}`;

/** Asks for the text of one file. */
export function contentOf(path: string): SnapshotRequest {
  return `content:${path}`;
}

/**
 * Asks for what a command prints. For what no file tells: each costs a process on the host. Nothing is kept of a command that
 * is not there or does not end well. Its words hold no blank.
 */
export function outputOf(...command: readonly string[]): SnapshotRequest {
  return `output:${command.join(" ")}`;
}

/** The files of one snapshot. Absent paths are simply not there: nothing throws. */
export class HostFiles {
  readonly #contents: ReadonlyMap<string, string>;
  readonly #links: ReadonlyMap<string, string>;
  readonly #present: ReadonlySet<string>;

  constructor(
    contents: ReadonlyMap<string, string>,
    links: ReadonlyMap<string, string> = new Map(),
    present: ReadonlySet<string> = new Set(),
  ) {
    this.#contents = contents;
    this.#links = links;
    this.#present = present;
  }

  /** The text of a file as it was printed, each line ended by a line feed; undefined when it could not be read. */
  text(path: string): string | undefined {
    return this.#contents.get(path);
  }

  /** A kernel file's one value, without space around it; undefined when there is no such file. */
  value(path: string): string | undefined {
    return this.#contents.get(path)?.trim();
  }

  /** What a command printed; undefined when it is not there or did not end well. */
  output(...command: readonly string[]): string | undefined {
    return this.#contents.get(command.join(" "))?.trim();
  }

  /** The last part of where a link leads, as `igb` for a device's `driver`. */
  linkName(path: string): string | undefined {
    return this.#links.get(path)?.split("/").at(-1);
  }

  has(path: string): boolean {
    return this.#contents.has(path) || this.#links.has(path) || this.#present.has(path);
  }

  /** All paths that match, each with the expression's groups, in the order of the snapshot. */
  match(expression: RegExp): RegExpExecArray[] {
    const paths = new Set([...this.#contents.keys(), ...this.#links.keys(), ...this.#present]);
    return [...paths].map((path) => expression.exec(path)).filter((found) => found !== null);
  }
}

/** Reads what snapshot.sh printed. Throws on a line that is none of its records: nothing is dropped in silence. */
export function parseSnapshot(printed: string): HostFiles {
  const contents = new Map<string, string>();
  const links = new Map<string, string>();
  const present = new Set<string>();
  let openPath: string | null = null;
  const lines = printed.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    const rest = line.slice(2);
    if (line.startsWith("|") && openPath !== null) {
      contents.set(openPath, `${contents.get(openPath) ?? ""}${line.slice(1)}\n`);
    } else if (line.startsWith("F ")) {
      openPath = rest;
      contents.set(rest, "");
    } else if (line.startsWith("P ")) {
      openPath = null;
      present.add(rest);
    } else if (line.startsWith("L ")) {
      openPath = null;
      const space = rest.indexOf(" /");
      links.set(rest.slice(0, space), rest.slice(space + 1));
    } else {
      throw new Error(
        `${projectName}: the host printed a line that is no snapshot record: ${line.slice(0, 80)}`,
      );
    }
  }
  return new HostFiles(contents, links, present);
}

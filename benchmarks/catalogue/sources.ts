/** Where the programs of benchmarks come from: chosen by the suite's configuration, one source for each collection of programs. */
import * as z from "zod";
import type { Benchmark, BenchmarkProgram, Family, MpiCommand, PairCommand } from "./benchmark.ts";

/** Programs that come together, and so from one source. */
export type Collection = "verbs" | "osu" | "graph500" | "nas" | "lammps" | "spec-mpi";

/** The collection of each family; null: the family has no programs to choose from. */
export const collectionOf: Readonly<Record<Family, Collection | null>> = {
  verbs: "verbs",
  "shared-memory": null,
  "mpi-point-to-point": "osu",
  "mpi-one-sided": "osu",
  "mpi-collective": "osu",
  graph500: "graph500",
  nas: "nas",
  lammps: "lammps",
  "spec-mpi": "spec-mpi",
};

export const folderSchema = z
  .string("an absolute path, as in /opt/osu/bin")
  .regex(/^\/[\w./+@-]*$/, "an absolute path of letters, digits, and ./+@-_");

const builtIn = z.strictObject({ kind: z.literal("built-in") }).describe("the testbed's own programs");
const packaged = z
  .strictObject({ kind: z.literal("package") })
  .describe(
    "of the distribution, where its packages put their programs; a run looks for it and installs nothing",
  );
const installed = z
  .strictObject({
    kind: z.literal("installed"),
    folder: folderSchema.optional().describe("absent: the programs are on the PATH"),
  })
  .describe("there already, in every environment");
const tarball = z
  .strictObject({
    kind: z.literal("tarball"),
    locations: z
      .array(
        z
          .string()
          .regex(
            /^(?:https?:\/\/|\/)\S+$/,
            "a URL, as in https://example.org/osu.tgz, or an absolute path here",
          ),
      )
      .min(1, "a URL or an absolute path on this machine; more are mirrors")
      .describe("tried in this order"),
    sha256: z
      .string("the tarball's SHA-256, 64 hexadecimal digits; nothing runs without it")
      .regex(/^[0-9a-f]{64}$/, "the tarball's SHA-256, 64 hexadecimal digits"),
  })
  .describe("with compiled programs; they are found in it by their names and brought to every environment");
const kit = z
  .strictObject({
    kind: z.literal("kit"),
    folder: folderSchema.describe(
      "where the kit is installed: the same path in every environment, on a file system that all sides share",
    ),
    configFile: z
      .string("the name of a configuration file in the kit's config/, as in testbed.cfg")
      .regex(/^\w[\w.+@-]*$/, "the name of a file in the kit's config/, without a folder"),
  })
  .describe("the user's own, with its programs built");
export const sourcesSchema = z
  .strictObject({
    verbs: z
      .discriminatedUnion("kind", [packaged, installed, tarball], "kind: package, installed or tarball")
      .prefault({ kind: "package" }),
    osu: z
      .discriminatedUnion(
        "kind",
        [builtIn, packaged, installed, tarball],
        "kind: built-in, package, installed or tarball",
      )
      .prefault({ kind: "built-in" }),
    graph500: z
      .discriminatedUnion("kind", [builtIn, installed, tarball], "kind: built-in, installed or tarball")
      .prefault({ kind: "built-in" }),
    nas: z
      .discriminatedUnion("kind", [builtIn, installed, tarball], "kind: built-in, installed or tarball")
      .prefault({ kind: "built-in" }),
    lammps: z
      .discriminatedUnion("kind", [packaged, installed, tarball], "kind: package, installed or tarball")
      .prefault({ kind: "package" }),
    "spec-mpi": z
      .discriminatedUnion("kind", [kit], "kind: kit")
      .optional()
      .describe("absent: SPEC MPI2007 is not available, for it is licensed"),
  })
  .prefault({});
export type Sources = z.infer<typeof sourcesSchema>;
export type Source = NonNullable<Sources[Collection]>;
export type Tarball = z.infer<typeof tarball>;
export type Kit = z.infer<typeof kit>;

/** What of a distribution brings each collection. */
const packageNames: Readonly<Partial<Record<Collection, string>>> = {
  verbs: "perftest (Debian, EL)",
  osu: "mpitests-openmpi or mpitests-mvapich2 (EL; Debian has none)",
  lammps: "lammps (Debian)",
};

/** A program that the suite's source is to give. */
export interface WantedProgram<Command> {
  readonly program: BenchmarkProgram<Command>;
  readonly source: Source;
}

/** The program that the sources choose for a benchmark, or why there is none. */
export function wantedProgram<Chosen extends Benchmark>(
  { name, family, programs }: Chosen,
  sources: Sources,
):
  | WantedProgram<Chosen extends { launcher: "pair" } ? PairCommand : MpiCommand>
  | { readonly reason: string } {
  type Command = Chosen extends { launcher: "pair" } ? PairCommand : MpiCommand;
  const collection = collectionOf[family];
  const source = collection === null ? ({ kind: "built-in" } as const) : sources[collection];
  if (source === undefined) {
    return {
      reason: `${name} is of SPEC MPI2007, which is licensed: name your own kit in the suite's sources.${collection}, as in { kind: kit, folder: /opt/mpi2007, configFile: testbed.cfg }; npx testbed parse --kind specmpi checks reports of runs by hand`,
    };
  }
  const program = source.kind === "built-in" ? programs.builtIn : programs.standard;
  if (program !== null) return { program: program as BenchmarkProgram<Command>, source };
  return {
    reason: `${name} has no built-in program: name a folder or a tarball with ${programs.standard?.name ?? name} in the suite's sources.${collection}`,
  };
}

/**
 * Where a program of a source may be in an environment, the likeliest first: a name on the PATH or an absolute path.
 * @param packageFolders where a distribution puts programs for the MPI in use, beside the PATH
 */
export function candidatePaths(
  source: Exclude<Source, Tarball>,
  files: readonly string[],
  packageFolders: readonly string[],
): string[] {
  switch (source.kind) {
    case "built-in":
      return [...files];
    case "package":
      return [...files, ...inFolders(packageFolders, files)];
    case "installed":
      return source.folder === undefined ? [...files] : inFolders([source.folder], files);
    case "kit":
      return inFolders([`${source.folder}/bin`], files);
  }
}

function inFolders(folders: readonly string[], files: readonly string[]): string[] {
  return folders.flatMap((folder) => files.map((file) => `${folder}/${file}`));
}

/** The source as results name it. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case "tarball":
      return `tarball sha256:${source.sha256}`;
    case "kit":
      return `kit with config/${source.configFile}`;
    default:
      return source.kind;
  }
}

/** What a place lacks when none of a program's files is there, and how to supply it. */
export function lackText(family: Family, source: Source, files: readonly string[]): string {
  const named = files.join(" and no ");
  const setting = `sources.${collectionOf[family]}`;
  switch (source.kind) {
    case "built-in":
      return `no ${named}, which the testbed's own images bring: install what benchmarks/mpi builds there, or choose another source in the suite's ${setting}`;
    case "package":
      return `no ${named}: install the package ${packageNames[collectionOf[family] ?? "verbs"]}, or choose another source in the suite's ${setting}`;
    case "installed":
      return `no ${named} ${source.folder === undefined ? "on the PATH" : `in ${source.folder}`}: install it, or correct the suite's ${setting}`;
    case "tarball":
      return `no ${named}, though it was brought there from the tarball of the suite's ${setting}`;
    case "kit":
      return `no bin/${named} in ${source.folder}: install the kit at that path in every environment, or correct the suite's ${setting}`;
  }
}

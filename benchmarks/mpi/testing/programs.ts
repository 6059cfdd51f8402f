/** Builds and starts our MPI programs, and their parts that need no MPI, for tests. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { buildCommand, compilerOptions, type MpiProgram } from "../programs.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));

const answers = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Why tests of a kind can't run; null when they can. */
export const noCompiler = answers("cc") ? null : "cc is not installed";
export const noMpi =
  answers("mpicc") && answers("mpirun") ? null : "mpicc and mpirun of an MPI are not installed";

/** The title of tests; says why they are skipped when they are. */
export function titled(title: string, reason: string | null): string {
  return reason === null ? title : `${title} (skipped: ${reason})`;
}

/** A folder for built programs that is removed in the end. */
export function makeFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "testbed-mpi-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function build(words: readonly string[]): void {
  const [compiler = "", ...rest] = words;
  const { status, stderr } = spawnSync(compiler, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${words.join(" ")}:\n${stderr}`);
}

/** Builds a driver of testing/ and gives its path. */
export function buildDriver(into: string, name: string): string {
  const target = join(into, name);
  build(["cc", ...compilerOptions, "-o", target, join(folder, `testing/${name}.c`), "-lm"]);
  return target;
}

/** Builds a program as the images do, and beside it one whose messages can be broken. */
export function buildProgram(into: string, program: MpiProgram): void {
  build(buildCommand(program, folder, join(into, program.name)));
  const sources = [...program.sources, "testing/breaking.c"];
  build(buildCommand({ ...program, sources }, folder, join(into, brokenName(program.name))));
}
const brokenName = (name: MpiProgram["name"]): string => `${name}-breaking`;

/** What a driver, or a program alone, prints and ends with. */
export function run(program: string, ...words: readonly string[]) {
  return execa(program, words, { reject: false, stripFinalNewline: false });
}

/** Settings by which Open MPI 4 and 5 start as many ranks as tests want, also for root, and let each other work. */
const launcherSettings = {
  OMPI_ALLOW_RUN_AS_ROOT: "1",
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
  OMPI_MCA_rmaps_base_oversubscribe: "1",
  OMPI_MCA_mpi_yield_when_idle: "1",
  OMPI_MCA_hwloc_base_binding_policy: "none",
  PRTE_ALLOW_RUN_AS_ROOT: "1",
  PRTE_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
  PRTE_MCA_rmaps_default_mapping_policy: ":oversubscribe",
};

/** Starts a program on ranks of this machine. With `broken`, this operation of MPI is broken (testing/breaking.c). */
export function launch(
  from: string,
  ranks: number,
  name: MpiProgram["name"],
  words: readonly string[],
  broken?: string,
) {
  const program = join(from, broken === undefined ? name : brokenName(name));
  const environment =
    broken === undefined ? launcherSettings : { ...launcherSettings, TESTBED_BREAK: broken };
  return execa("mpirun", ["-n", `${ranks}`, program, ...words], {
    env: environment,
    reject: false,
    stripFinalNewline: false,
    timeout: 60_000,
  });
}

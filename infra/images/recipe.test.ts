import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutDirectory } from "../paths.ts";
import { parseList, parseSources, recipeFiles, userlandPrograms, userlandSteps } from "./recipe.ts";

test("a list is one word a line, without comments and empty lines", () => {
  expect(parseList("# all\na\n\n  b \n#c\n")).toEqual(["a", "b"]);
});

test("sources name a file of the checkout and its place in the images", () => {
  expect(parseSources("# C programs\nbenchmarks/x/y.c  /usr/bin/y\n")).toEqual([
    { source: join(checkoutDirectory, "benchmarks/x/y.c"), target: "/usr/bin/y" },
  ]);
  expect(() => parseSources("benchmarks/x/y.c y\n")).toThrow("must be SOURCE /usr/PATH");
  expect(() => parseSources("benchmarks/x/y.c\n")).toThrow("must be SOURCE /usr/PATH");
});

test("C programs are compiled statically, other files are copied", () => {
  const sources = [
    { source: "/c/y.c", target: "/usr/bin/y" },
    { source: "/c/in.lj", target: "/usr/share/in.lj" },
  ];
  const [compiled, copied] = userlandSteps(sources, "/u", "/d");
  expect(compiled?.command).toEqual(expect.arrayContaining(["gcc", "-static", "/u/usr/bin/y", "/c/y.c"]));
  expect(copied).toEqual({
    file: "/u/usr/share/in.lj",
    command: ["cp", "/c/in.lj", "/u/usr/share/in.lj"],
  });
});

test("MPI programs are compiled against the userland's Open MPI and not this machine's", () => {
  const steps = userlandSteps([], "/u", "/d");
  expect(steps.map(({ file }) => file)).toEqual([
    "/u/usr/bin/testbed_mpi",
    "/u/usr/bin/testbed_bfs",
    "/u/usr/bin/testbed_ep",
  ]);
  for (const { command } of steps) {
    const libraries = "/usr/lib/x86_64-linux-gnu";
    expect(command.slice(0, 3)).toEqual(["gcc", "-isystem", `/d/mpi-headers${libraries}/openmpi/include`]);
    expect(command).toEqual(expect.arrayContaining([`-L/d${libraries}`, "-l:libmpi.so.40"]));
  }
});

test("the recipe covers every C file of the MPI programs, and none of their tests", () => {
  const folder = join(checkoutDirectory, "benchmarks/mpi");
  const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  const files = recipeFiles();
  expect(files).toEqual(expect.arrayContaining(sources.map((name) => join(folder, name))));
  expect(files).toContain(join(checkoutDirectory, "benchmarks/lammps/in.lj"));
  expect(files.filter((file) => /\.test\.ts$|\/testing\//.test(file))).toEqual([]);
});

test("programs and inputs of MPI benchmarks are compared in all environments", () => {
  const programs = ["mpirun", "prted", "lmp", "testbed_mpi", "testbed_bfs", "testbed_ep"];
  expect(userlandPrograms()).toEqual(expect.arrayContaining(programs.map((name) => `/usr/bin/${name}`)));
  expect(userlandPrograms()).toContain("/usr/share/testbed/lammps/in.chain");
});

import { describe, expect, test } from "vitest";
import { parseJson, UserError } from "../input.ts";
import { suiteSchema } from "../suite.ts";
import { benchmarkNamed, catalogue } from "./catalogue.ts";
import { candidatePaths, lackText, sourcesSchema, wantedProgram } from "./sources.ts";

const defaults = sourcesSchema.parse(undefined);
const digest = "a".repeat(64);
const kit = { kind: "kit", folder: "/opt/mpi2007", configFile: "testbed.cfg" } as const;

function refusal(sources: unknown): string {
  try {
    parseJson(suiteSchema, JSON.stringify({ sources }), "the suite");
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("the suite's sources", () => {
  test("ours where we have one, else the distribution's; nothing for what is licensed", () => {
    expect(defaults).toEqual({
      verbs: { kind: "package" },
      osu: { kind: "built-in" },
      graph500: { kind: "built-in" },
      nas: { kind: "built-in" },
      lammps: { kind: "package" },
    });
  });

  test.each([
    [{ osu: { kind: "kit" } }, "sources.osu.kind: kind: built-in, package, installed or tarball"],
    [{ nas: { kind: "package" } }, "sources.nas.kind: kind: built-in, installed or tarball"],
    [
      { osu: { kind: "tarball", locations: ["https://example.org/osu.tgz"] } },
      "sources.osu.sha256: the tarball's SHA-256, 64 hexadecimal digits; nothing runs without it",
    ],
    [{ osu: { kind: "tarball", locations: ["osu.tgz"], sha256: digest } }, "or an absolute path here"],
    [{ osu: { kind: "tarball", locations: [], sha256: digest } }, "a URL or an absolute path"],
    [{ osu: { kind: "installed", folder: "bin" } }, "sources.osu.folder: an absolute path"],
    [{ "spec-mpi": { kind: "installed" } }, "sources.spec-mpi.kind: kind: kit"],
    [{ "spec-mpi": { kind: "kit", configFile: "a.cfg" } }, "sources.spec-mpi.folder: an absolute path"],
    [
      { "spec-mpi": { kind: "kit", folder: "/opt/mpi2007" } },
      "sources.spec-mpi.configFile: the name of a configuration file in the kit's config/, as in testbed.cfg",
    ],
    [
      { "spec-mpi": { kind: "kit", folder: "/opt/mpi2007", configFile: "../a.cfg" } },
      "sources.spec-mpi.configFile: the name of a file in the kit's config/, without a folder",
    ],
    [{ mpich: { kind: "package" } }, 'Unrecognized key: "mpich"'],
  ])("refuses %j", (sources, message) => {
    expect(refusal(sources)).toContain(message);
  });
});

describe("the program of a benchmark", () => {
  test("every benchmark but five of NAS and SPEC's has one by default", () => {
    const without = catalogue.flatMap((benchmark) => {
      const wanted = wantedProgram(benchmark, defaults);
      return "reason" in wanted ? [`${benchmark.name}: ${wanted.reason}`] : [];
    });
    expect(without).toHaveLength(7);
    expect(without[0]).toBe(
      "nas-is: nas-is has no built-in program: name a folder or a tarball with NPB is in the suite's sources.nas",
    );
    expect(without.at(-1)).toContain(
      "SPEC MPI2007, which is licensed: name your own kit in the suite's sources.spec-mpi, as in { kind: kit, folder: /opt/mpi2007, configFile: testbed.cfg }",
    );
  });

  test("is ours or the known one, as the source says", () => {
    const nameOf = (name: string, sources: object) => {
      const wanted = wantedProgram(benchmarkNamed(name), sourcesSchema.parse(sources));
      return "reason" in wanted ? wanted.reason : wanted.program.name;
    };
    expect(nameOf("osu_bw", {})).toBe("testbed_mpi bandwidth");
    expect(nameOf("osu_bw", { osu: { kind: "installed" } })).toBe("osu_bw");
    expect(nameOf("nas-is", { nas: { kind: "installed" } })).toBe("NPB is");
    expect(nameOf("spec-milc", { "spec-mpi": kit })).toBe("runspec 104.milc");
    expect(nameOf("ivshmem_latency", { osu: { kind: "installed" } })).toBe("ivshmem_latency");
  });
});

test("where a program may be: on the PATH, in the folder that was named, or where packages for the MPI put it", () => {
  const files = ["osu_bw", "mpitests-osu_bw"];
  const folders = ["/usr/lib64/openmpi/bin"];
  expect(candidatePaths({ kind: "installed" }, files, folders)).toEqual(files);
  expect(candidatePaths({ kind: "installed", folder: "/opt/osu" }, files, folders)).toEqual([
    "/opt/osu/osu_bw",
    "/opt/osu/mpitests-osu_bw",
  ]);
  expect(candidatePaths(kit, ["runspec"], folders)).toEqual(["/opt/mpi2007/bin/runspec"]);
  expect(candidatePaths({ kind: "package" }, files, folders)).toEqual([
    ...files,
    "/usr/lib64/openmpi/bin/osu_bw",
    "/usr/lib64/openmpi/bin/mpitests-osu_bw",
  ]);
});

test("what is lacking is named with the way to supply it", () => {
  expect(lackText("verbs", { kind: "package" }, ["ib_send_lat"])).toBe(
    "no ib_send_lat: install the package perftest (Debian, EL), or choose another source in the suite's sources.verbs",
  );
  expect(lackText("nas", { kind: "installed", folder: "/opt/npb" }, ["is.C.x", "is.C.128"])).toBe(
    "no is.C.x and no is.C.128 in /opt/npb: install it, or correct the suite's sources.nas",
  );
  expect(lackText("spec-mpi", kit, ["runspec"])).toBe(
    "no bin/runspec in /opt/mpi2007: install the kit at that path in every environment, or correct the suite's sources.spec-mpi",
  );
});

test("mpirun_rsh is refused with the launcher to use instead", () => {
  const parse = () =>
    parseJson(suiteSchema, JSON.stringify({ mpi: { launcher: "mpirun_rsh" } }), "the suite");
  expect(parse).toThrow(/mpi.launcher: hydra, MVAPICH2's own mpiexec: mpirun_rsh starts ranks by an ssh/);
});

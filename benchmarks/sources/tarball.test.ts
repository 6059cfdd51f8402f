/** Tarballs on this machine: brought, unpacked, searched, and their programs brought to a place that is this machine. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sha256OfFile } from "../../infra/checked-file.ts";
import { findProgram, TarballError, unpackTarball } from "./tarball.ts";

let folder = "";
let archive = "";
let sha256 = "";
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "testbed-tarball-"));
  for (const [path, text] of [
    ["osu/pt2pt/osu_bw", "#!/bin/sh\necho bandwidth\n"],
    ["osu/pt2pt/osu_bw.c", "int main;\n"],
    ["osu/doc/osu_latency", "no program\n"],
    ["a/twice", "1"],
    ["b/twice", "2"],
  ] as const) {
    mkdirSync(join(folder, "files", path, ".."), { recursive: true });
    writeFileSync(join(folder, "files", path), text);
    if (!path.includes("doc") && !path.endsWith(".c")) chmodSync(join(folder, "files", path), 0o755);
  }
  archive = join(folder, "osu.tgz");
  execFileSync("tar", ["-czf", archive, "-C", join(folder, "files"), "."]);
  sha256 = await sha256OfFile(archive);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the first location that has the file with the checksum is taken, and unpacked once", async () => {
  const cache = join(folder, "cache");
  const locations = [join(folder, "nowhere.tgz"), archive];
  const unpacked = await unpackTarball({ locations, sha256 }, cache);
  rmSync(archive);
  expect(await unpackTarball({ locations, sha256 }, cache)).toBe(unpacked);
  expect(readFileSync(join(unpacked, "osu/pt2pt/osu_bw"), "utf8")).toContain("bandwidth");
});

test("another file than the checksum's is thrown away, and every location's failure is told", async () => {
  const cache = join(folder, "cache");
  const wrong = "b".repeat(64);
  const locations = [join(folder, "nowhere.tgz"), archive];
  const refused = unpackTarball({ locations, sha256: wrong }, cache);
  await expect(refused).rejects.toThrow(TarballError);
  await expect(refused).rejects.toThrow(
    /nowhere.tgz can't be had: .*; .*osu.tgz has the SHA-256 [0-9a-f]{64}/,
  );
  expect(existsSync(join(cache, wrong))).toBe(false);
  expect(existsSync(join(cache, `${wrong}.tar`))).toBe(false);
});

test("what tar can't read is refused and leaves nothing that looks unpacked", async () => {
  const text = join(folder, "text");
  writeFileSync(text, "no archive\n");
  const digest = await sha256OfFile(text);
  await expect(unpackTarball({ locations: [text], sha256: digest }, join(folder, "cache"))).rejects.toThrow(
    /tar can't unpack .*text: /,
  );
  expect(existsSync(join(folder, "cache", digest))).toBe(false);
});

test("programs are found by name wherever they lie; sources and documents of the name are none", async () => {
  const unpacked = await unpackTarball({ locations: [archive], sha256 }, join(folder, "cache"));
  expect(await findProgram(unpacked, ["mpitests-osu_bw", "osu_bw"])).toMatchObject({ name: "osu_bw" });
  await expect(findProgram(unpacked, ["osu_latency"])).rejects.toThrow("no program osu_latency");
  await expect(findProgram(unpacked, ["twice"])).rejects.toThrow("several programs twice that differ");
});

test("a program arrives whole and only once; what was changed there is replaced", async () => {
  const script = readFileSync(new URL("./bring.sh", import.meta.url), "utf8");
  const program = join(folder, "files/osu/pt2pt/osu_bw");
  const place = join(folder, "place", await sha256OfFile(program));
  const bring = async (input: string): Promise<string> =>
    execFileSync("sh", ["-c", script, "bring.sh", place, "osu_bw", await sha256OfFile(program)], {
      input,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
    });
  const text = readFileSync(program, "utf8");
  await expect(bring("half")).rejects.toThrow("did not arrive whole");
  await bring(text);
  expect(execFileSync(join(place, "osu_bw"), { encoding: "utf8" })).toBe("bandwidth\n");
  const { mtimeNs } = statSync(join(place, "osu_bw"), { bigint: true });
  await bring("is not read");
  expect(statSync(join(place, "osu_bw"), { bigint: true }).mtimeNs).toBe(mtimeNs);
  writeFileSync(join(place, "osu_bw"), "changed");
  await bring(text);
  expect(readFileSync(join(place, "osu_bw"), "utf8")).toBe(text);
});

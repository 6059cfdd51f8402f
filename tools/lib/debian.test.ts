import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backportsOf, installArguments, parseInstalled, parsePackageList, sourceFor } from "./debian.ts";

const BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';
const TRIXIE = 'VERSION_ID="13"\nID=debian\n';

test("reads the project's own list", () => {
  const list = readFileSync(join(import.meta.dirname, "../debian-packages.txt"), "utf8");
  const packages = parsePackageList(list);
  expect(packages).toContainEqual({ name: "mtools", least: undefined });
  expect(packages.find(({ name }) => name === "qemu-system-x86")?.least).toBeDefined();
  expect(new Set(packages.map(({ name }) => name)).size).toBe(packages.length);
});

test("refuses a line that it does not understand", () => {
  expect(() => parsePackageList("qemu # no version")).toThrow('"qemu"');
});

test("knows which packages are installed, not merely known", () => {
  const installed = parseInstalled("jq installed 1.6\nqemu config-files 1:7.2\nzstd not-installed \n");
  expect([...installed]).toEqual([["jq", "1.6"]]);
});

test("takes newer packages from backports where the release's own are too old", () => {
  const qemu = { name: "qemu", least: "8" };
  const jq = { name: "jq", least: undefined };
  expect(backportsOf(BOOKWORM)).toBe("bookworm-backports");
  expect(backportsOf(TRIXIE)).toBeUndefined();
  expect(installArguments([qemu, jq], "bookworm-backports").slice(-4)).toEqual([
    "-t",
    "bookworm-backports",
    "qemu",
    "jq",
  ]);
  expect(installArguments([qemu], undefined)).not.toContain("-t");
  expect(installArguments([jq], "bookworm-backports")).not.toContain("-t");
});

test("the source for backports has the machine's own address and key", () => {
  const own = [
    "Types: deb\nURIs: https://other.example/\nSuites: nodistro\n",
    "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nSigned-By: /keys/d.gpg\n",
  ];
  const source = sourceFor("bookworm-backports", own);
  expect(source).toContain("URIs: http://mirror.example/debian\nSuites: bookworm-backports\n");
  expect(source).toContain("Signed-By: /keys/d.gpg\n");
  expect(sourceFor("bookworm-backports", [])).toContain("URIs: http://deb.debian.org/debian\n");
});

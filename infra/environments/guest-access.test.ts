/** The way to guests: the files and scripts that a node gets, run here with an ssh that is not one. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { renderInstallation, renderKnownHosts, renderSshConfig } from "./guest-access-files.ts";

const guests = [
  { name: "g1", port: 24300, hostKey: "ssh-ed25519 AAAAone" },
  { name: "g2", port: 24301, hostKey: "ssh-ed25519 AAAAtwo" },
];
const scripts = join(import.meta.dirname, "on-node");
const inGuest = readFileSync(join(scripts, "in-guest.sh"), "utf8");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guest-access-"));
  mkdirSync(join(folder, "bin"));
  standInForSsh("ssh-to-guest.sh");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts one of the programs in testing/ first on the PATH, as ssh. */
function standInForSsh(script: string): void {
  copyFileSync(join(import.meta.dirname, "testing", script), join(folder, "bin", "ssh"));
  chmodSync(join(folder, "bin", "ssh"), 0o755);
}
const environment = () => ({
  ...process.env,
  PATH: `${join(folder, "bin")}:${process.env.PATH}`,
  FAKE_SSH_LOG: join(folder, "ssh.log"),
});
const run = (script: string, words: readonly string[], input = "") =>
  spawnSync("sh", ["-c", readFileSync(join(scripts, script), "utf8"), script, ...words], {
    encoding: "utf8",
    env: environment(),
    input,
  });

describe("what ssh makes of the configuration", () => {
  test("each guest has its port, its pinned key and the node's key, whatever the user's own files say", () => {
    const path = join(folder, "ssh_config");
    writeFileSync(path, renderSshConfig("a", guests));
    const told = execFileSync("ssh", ["-F", path, "-G", "g2"], { encoding: "utf8" }).split("\n");
    expect(told).toEqual(
      expect.arrayContaining([
        "hostname 127.0.0.1",
        "port 24301",
        "user root",
        "hostkeyalias g2",
        "identityfile /var/lib/hpc-virtualization-testbed/a/guests/key",
        "userknownhostsfile /var/lib/hpc-virtualization-testbed/a/guests/known_hosts",
        "controlpath /run/hpc-virtualization-testbed/a/g2.ssh",
        "stricthostkeychecking true",
        "batchmode yes",
        "connecttimeout 600",
      ]),
    );
    expect(renderKnownHosts(guests)).toBe("g1 ssh-ed25519 AAAAone\ng2 ssh-ed25519 AAAAtwo\n");
  });
});

describe("on the node", () => {
  let directory = "";
  let sockets = "";
  beforeEach(() => {
    rmSync(join(folder, "node"), { recursive: true, force: true });
    rmSync(join(folder, "ssh.log"), { force: true });
    directory = join(folder, "node", "lib", "a", "guests");
    sockets = join(folder, "node", "run", "a");
    const installation = renderInstallation("a", guests, "secret", inGuest);
    expect(run("install-access.sh", [directory], installation).status).toBe(0);
    writeFileSync(join(directory, "sockets"), `${sockets}\n`);
  });

  test("the key is its owner's alone", () => {
    expect(readFileSync(join(directory, "key"), "utf8")).toBe("secret\n");
    expect(statSync(join(directory, "key")).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, "in-guest")).mode & 0o777).toBe(0o700);
  });

  const inGuestHere = (words: readonly string[], input = "") =>
    spawnSync(join(directory, "in-guest"), words, { encoding: "utf8", env: environment(), input });

  test("every word arrives in the guest as it was given", () => {
    const word = fc.string({ unit: fc.constantFrom(..."ab -'\"$`\\;&|*?~!#(){}<>\n\t=é") });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const { stdout } = inGuestHere(["g1", "printf", "%s\\0", ...words]);
        expect(stdout.split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 40 },
    );
  });

  test("input, output and status are the command's, and the guest is the one that was named", () => {
    const result = inGuestHere(["g2", "sh", "-c", "cat; echo err >&2; exit 7"], "text");
    expect(result).toMatchObject({ status: 7, stdout: "text", stderr: "err\n" });
    expect(readFileSync(join(folder, "ssh.log"), "utf8")).toContain(
      `-F ${directory}/ssh_config -T -- g2 'sh' '-c'`,
    );
    expect(statSync(sockets).mode & 0o777).toBe(0o700);
  });

  test("a guest that can't be reached is told with ssh's own words, and asked once only", () => {
    standInForSsh("ssh-without-route.sh");
    try {
      expect(inGuestHere(["g1", "true"])).toMatchObject({ status: 255, stdout: "", stderr: "no route\n" });
      expect(readFileSync(join(folder, "ssh.log"), "utf8")).toBe("call\n");
    } finally {
      standInForSsh("ssh-to-guest.sh");
    }
  });

  test("a call without a command is told how it would be right", () => {
    expect(inGuestHere(["g1"])).toMatchObject({ status: 2, stderr: "usage: in-guest NAME WORD...\n" });
  });

  test("it is all taken away, with its connections, and again without an error; what is another's stays", () => {
    inGuestHere(["g1", "true"]);
    mkdirSync(join(folder, "node", "run", "of-another"));
    for (const _ of ["once", "again"]) {
      expect(run("remove-access.sh", [directory, sockets, "g1", "g2"])).toMatchObject({
        status: 0,
        stderr: "",
      });
    }
    expect(readFileSync(join(folder, "ssh.log"), "utf8")).toMatch(/-O exit -- g1\n.*-O exit -- g2\n/);
    expect(readdirSync(join(folder, "node"))).toEqual(["run"]);
    expect(readdirSync(join(folder, "node", "run"))).toEqual(["of-another"]);
  });
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { PlannedGuests } from "../plan.ts";
import { renderCloudConfig, renderGuestConf, renderLeanSeed, renderMetaData } from "./guest-seed.ts";

const identity = {
  hostname: "n1-g1",
  authorizedKey: "ssh-ed25519 AAAAuser me\n",
  hostPrivateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n",
  hostPublicKey: "ssh-ed25519 AAAAhost",
};
const guests: PlannedGuests = {
  guests: [],
  virtualCpus: 1,
  memoryMib: 320,
  numaNode: null,
  hugepages: false,
  accelerator: "auto",
  ivshmem: { name: "testbed-a", sizeMib: 1 },
  image: null,
  drivers: { stack: "inbox" },
  packages: [],
  softRoce: true,
  readyTimeoutSeconds: 1200,
};
const programs = { init: '#!/bin/sh\necho "a: b"\n', cloudInitSteps: "#!/bin/sh\nexit 0\n" };

test("the project's own guest gets every value once, decodable, with one line end", () => {
  const pairs = renderLeanSeed(identity, guests)
    .trimEnd()
    .split("\n")
    .map((row) => row.split(" ") as [string, string]);
  expect(
    Object.fromEntries(pairs.map(([name, value]) => [name, Buffer.from(value, "base64").toString()])),
  ).toEqual({
    hostname: "n1-g1\n",
    "authorized-key": identity.authorizedKey,
    "host-private-key": identity.hostPrivateKey,
    "host-public-key": "ssh-ed25519 AAAAhost\n",
    "management-mac": "52:54:00:12:34:56\n",
    "guest-conf": renderGuestConf(guests),
  });
});

test("the settings are lines KEY=VALUE", () => {
  expect(renderGuestConf(guests)).toBe(
    "IVSHMEM=yes\nDRIVERS=inbox\nOFED_SOURCE=\nOFED_SHA256=\nSOFT_ROCE=yes\nPACKAGES=\n",
  );
  const ofed = { stack: "ofed", source: "https://example.org/a.tgz?b=1&c", sha256: "f".repeat(64) } as const;
  expect(renderGuestConf({ ...guests, drivers: ofed, packages: ["perftest", "fio"], softRoce: false })).toBe(
    `IVSHMEM=yes\nDRIVERS=ofed\nOFED_SOURCE=${ofed.source}\nOFED_SHA256=${ofed.sha256}\nSOFT_ROCE=no\nPACKAGES=perftest fio\n`,
  );
});

test("cloud-init reads back whatever is in keys and programs", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (key, program) => {
      const text = renderCloudConfig({ ...identity, hostPrivateKey: key }, guests, {
        ...programs,
        init: program,
      });
      expect(text.startsWith("#cloud-config\n")).toBe(true);
      const read = parse(text);
      expect(read.ssh_keys.ed25519_private).toBe(key);
      expect(read.write_files[1]).toMatchObject({
        path: "/usr/local/lib/testbed/guest-init.sh",
        content: program,
      });
    }),
  );
});

test("a guest of a cloud image lets root in by the key and runs the steps at its first boot", () => {
  const read = parse(renderCloudConfig(identity, guests, programs));
  expect(read).toMatchObject({
    hostname: "n1-g1",
    disable_root: false,
    users: [{ name: "root", ssh_authorized_keys: ["ssh-ed25519 AAAAuser me"] }],
    ssh_keys: { ed25519_public: "ssh-ed25519 AAAAhost" },
    runcmd: [["sh", "/usr/local/lib/testbed/cloud-init-steps.sh"]],
  });
  expect(parse(renderMetaData("n1-g1", "0a1b"))).toEqual({
    "instance-id": "n1-g1-0a1b",
    "local-hostname": "n1-g1",
  });
});

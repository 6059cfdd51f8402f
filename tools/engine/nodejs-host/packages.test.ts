import { join } from "node:path";
import { expect, test } from "vitest";
import { packageOf, requiredPackages } from "./packages.ts";

test("finds the plugins of this project's own dependencies", async () => {
  const found = await requiredPackages(join(import.meta.dirname, "../../../infra"));
  expect(found.map(({ name, version }) => `${name} ${version}`).sort()).toEqual([
    "command 1.2.1",
    "docker 5.2.0",
    "terraform-provider 1.1.3",
    "terraform-provider 1.1.3",
  ]);
  const bridged = found.flatMap(({ parameterization }) => parameterization ?? []);
  expect(bridged.map(({ name, version }) => `${name} ${version}`).sort()).toEqual([
    "libvirt 0.8.3",
    "openstack 1.54.1",
  ]);
});

test("a package without a plugin is none", () => {
  expect(packageOf({ name: "zod", version: "4.0.0" })).toBeUndefined();
  expect(packageOf({ name: "@pulumi/policy", version: "1.0.0", pulumi: {} })).toBeUndefined();
});

test("a plugin's name and version default to its package's", () => {
  expect(packageOf({ name: "@pulumi/random", version: "v4.1.0", pulumi: { resource: true } })).toEqual({
    name: "random",
    version: "4.1.0",
    parameterization: undefined,
  });
});

import { expect, test } from "vitest";
import type { Leftover } from "../../infra/openstack/leftovers.ts";
import { cloudOf, orphanTest } from "./cloud-orphans.ts";

const resource = (type: string, id: string, inputs = {}) => ({
  urn: `urn:pulumi:s::p::${type}::${id}`,
  type,
  id,
  inputs,
});
const state = {
  deployment: {
    resources: [
      resource("testbed:index:Site", "CHI@TACC/CHI-1", { cloud: "chi" }),
      resource("openstack:index/networkingPortV2:NetworkingPortV2", "port-1"),
      resource("openstack:index/computeKeypairV2:ComputeKeypairV2", "testbed-s"),
    ],
  },
};
const leftover = (kind: Leftover["kind"], id: string): Leftover => ({ kind, id, name: id, detail: "" });

test("the cloud is the site's; a stack without a site is on none", () => {
  expect(cloudOf(state)).toEqual({ name: "chi" });
  expect(cloudOf({ deployment: { resources: [resource("testbed:index:Site", "s")] } })).toEqual({
    name: undefined,
  });
  expect(cloudOf({})).toBeUndefined();
});

test("what the state knows by its id is no orphan", () => {
  const isOrphan = orphanTest(state, false);
  expect(isOrphan(leftover("port", "port-1"))).toBe(false);
  expect(isOrphan(leftover("port", "port-2"))).toBe(true);
  expect(isOrphan(leftover("key pair", "testbed-s"))).toBe(false);
  expect(isOrphan(leftover("server", "server-1"))).toBe(true);
});

test("a lease stays for the next up, and goes before a destroy", () => {
  const lease = leftover("lease", "lease-1");
  expect(orphanTest(state, false)(lease)).toBe(false);
  expect(orphanTest(state, true)(lease)).toBe(true);
});

import { expect, test } from "vitest";
import { machines, withoutGone } from "./gone.ts";
import type { ExportedStack, StackResource } from "./interrupted.ts";

const provider = {
  urn: "urn:libvirt",
  type: "pulumi:providers:libvirt",
  id: "7",
  inputs: { uri: "qemu:///system" },
};
const domain = (name: string): StackResource => ({
  urn: `urn:${name}`,
  type: "libvirt:index/domain:Domain",
  id: `uuid-${name}`,
  provider: "urn:libvirt::7",
});
const on = (name: string): StackResource => ({
  urn: `urn:${name}-container`,
  type: "docker:index/container:Container",
  deletedWith: `urn:${name}`,
});
const suite: StackResource = {
  urn: "urn:suite",
  type: "command:local:Command",
  dependencies: ["urn:n1-container", "urn:n2-container"],
  propertyDependencies: { stdin: ["urn:n1-container", "urn:n2"], create: [] },
};
const stack: ExportedStack = {
  deployment: { resources: [provider, domain("n1"), domain("n2"), on("n1"), on("n2"), suite] },
};

test("machines are found with their libvirt", () => {
  expect(machines(stack)).toEqual([
    { urn: "urn:n1", id: "uuid-n1", uri: "qemu:///system" },
    { urn: "urn:n2", id: "uuid-n2", uri: "qemu:///system" },
  ]);
  expect(machines({})).toEqual([]);
});

test("a machine that is gone takes with it what stood on it, and nothing refers to it any more", () => {
  const { resources = [] } = withoutGone(stack, new Set(["urn:n2"])).deployment ?? {};
  expect(resources.map(({ urn }) => urn)).toEqual(["urn:libvirt", "urn:n1", "urn:n1-container", "urn:suite"]);
  expect(resources.at(-1)).toMatchObject({
    dependencies: ["urn:n1-container"],
    propertyDependencies: { stdin: ["urn:n1-container"], create: [] },
  });
});

test("nothing gone changes nothing", () => {
  expect(withoutGone(stack, new Set())).toEqual(stack);
});

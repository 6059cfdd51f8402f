import { expect, test } from "vitest";
import type { ExportedStack, StackResource } from "./interrupted.ts";
import { leftovers } from "./leftovers.ts";

const uri = "qemu:///system";
const provider = { urn: "urn:p", id: "1", type: "pulumi:providers:libvirt", inputs: { uri } };

function made(kind: string, inputs: Record<string, unknown>): StackResource {
  return {
    urn: `urn:${kind}`,
    type: `libvirt:index/${kind.toLowerCase()}:${kind}`,
    provider: "urn:p::1",
    inputs,
  };
}

function stack(resource: StackResource, type = "creating", ...known: StackResource[]): ExportedStack {
  return { deployment: { resources: [provider, ...known], pending_operations: [{ type, resource }] } };
}

test.each([
  [made("Domain", { name: "n1" }), ["destroy n1", "undefine n1 --nvram"]],
  [made("Network", { name: "fab" }), ["net-destroy fab", "net-undefine fab"]],
  [made("Pool", { name: "p" }), ["pool-destroy p", "pool-undefine p"]],
  [made("Volume", { name: "v", pool: "p" }), ["vol-delete v --pool p"]],
])("a half-made object is removed: %j", (resource, commands) => {
  const [found] = leftovers(stack(resource));
  expect(found).toMatchObject({ urn: resource.urn, uri });
  expect(found?.commands.map((command) => command.join(" "))).toEqual(commands);
});

test("nothing else is", () => {
  const domain = made("Domain", { name: "n1" });
  expect(leftovers(stack(domain, "updating"))).toEqual([]);
  expect(leftovers(stack(domain, "creating", { ...domain, urn: "urn:old" }))).toEqual([]);
  expect(leftovers(stack(made("Domain", {})))).toEqual([]);
  expect(
    leftovers(stack({ urn: "urn:c", type: "docker:index/container:Container", inputs: { name: "c" } })),
  ).toEqual([]);
  expect(leftovers({})).toEqual([]);
});

test("a guest of the same name on another node does not hide a half-made one", () => {
  const guest = made("Domain", { name: "g1" });
  const elsewhere = { ...guest, urn: "urn:n2-g1", provider: "urn:other::1" };
  expect(leftovers(stack(guest, "creating", elsewhere))).toHaveLength(1);
});

import { describe, expect, test } from "vitest";
import type { FakeHost } from "../fixtures/fake-host.ts";
import { debianHost, familyHost } from "../fixtures/recorded-hosts.ts";
import { Hosts } from "../hosts.ts";
import type { CallContext } from "../resource-type.ts";
import { SettingResource } from "../setting-resource.ts";
import { firewall } from "./firewall.ts";

const common = {
  stack: "dev",
  host: "n1",
  source: "existing",
  connection: { address: "192.0.2.1", user: "root" },
  socketDirectory: "/nonexistent",
};
const inputs = { ...common, peers: ["198.18.0.2", "198.18.0.3"] };
const context: CallContext = { log: () => undefined, signal: new AbortController().signal };
const resourceOn = (on: FakeHost) => new SettingResource(firewall, new Hosts(() => on));

/** What firewall-cmd prints of the zone's sources, now and kept. */
const lists = {
  now: "firewall-cmd --zone=trusted --list-sources",
  kept: "firewall-cmd --permanent --zone=trusted --list-sources",
};

/** EL with firewalld, whose zone `trusted` has one source. */
function firewalldHost(): FakeHost {
  const on = familyHost("rocky-9.5", (self, words) => {
    if (words[0] !== "firewall-cmd") return;
    const list = words.includes("--permanent") ? lists.kept : lists.now;
    const [, verb, address = ""] = /^--(add|remove)-source=(.*)$/.exec(words.at(-1) ?? "") ?? [];
    const others = (self.contents.get(list) ?? "")
      .split(/\s+/)
      .filter((one) => one !== "" && one !== address);
    self.contents.set(list, `${(verb === "add" ? [...others, address] : others).join(" ")}\n`);
  });
  for (const list of Object.values(lists)) on.contents.set(list, "198.18.0.3\n");
  return on;
}

const rulesPath = "/etc/ufw/user.rules";

/** Ubuntu with ufw. */
function ufwHost(): FakeHost {
  return familyHost("ubuntu-24.04", (self, words) => {
    if (words[0] !== "ufw") return;
    const address = words.at(-1);
    const rule = `### tuple ### allow any any 0.0.0.0/0 any ${address} in\n-A ufw-user-input -s ${address} -j ACCEPT\n\n`;
    const rules = self.contents.get(rulesPath) ?? "";
    const changed =
      words[1] === "delete"
        ? rules.replace(rule, "")
        : rules.replace("### RULES ###\n\n", `### RULES ###\n\n${rule}`);
    self.contents.set(rulesPath, changed);
  });
}

describe.each([
  [
    "firewalld",
    firewalldHost,
    // The peer that was let in already stays as it is.
    [
      "firewall-cmd --quiet --zone=trusted --add-source=198.18.0.2",
      "firewall-cmd --quiet --permanent --zone=trusted --add-source=198.18.0.2",
    ],
    [
      "firewall-cmd --quiet --zone=trusted --remove-source=198.18.0.2",
      "firewall-cmd --quiet --permanent --zone=trusted --remove-source=198.18.0.2",
    ],
  ],
  [
    "ufw",
    ufwHost,
    ["ufw prepend allow from 198.18.0.2", "ufw prepend allow from 198.18.0.3"],
    ["ufw delete allow from 198.18.0.2", "ufw delete allow from 198.18.0.3"],
  ],
] as const)("%s", (name, host, opening, closing) => {
  test("is opened for the peers, is told, and is as it was in the end", async () => {
    const on = host();
    const before = new Map(on.contents);
    const { id, state } = await resourceOn(on).create(inputs, context);
    expect(on.commands()).toEqual(opening);
    expect(state).toMatchObject({ firewall: name, openTo: inputs.peers });
    const made = { id, inputs, state };
    expect(await resourceOn(on).diff(made, inputs, context)).toEqual([]);
    on.operations.length = 0;
    await resourceOn(on).delete(made, context);
    expect(on.commands()).toEqual(closing);
    expect(Object.fromEntries(on.contents)).toEqual(Object.fromEntries(before));
  });
});

describe("drift", () => {
  test("of the running firewall alone is seen and mended", async () => {
    const on = firewalldHost();
    const { id, state } = await resourceOn(on).create(inputs, context);
    on.contents.set(lists.now, "198.18.0.3\n");
    const refreshed = (await resourceOn(on).read({ id, inputs, state })) ?? {};
    expect(refreshed).toMatchObject({ openTo: ["198.18.0.3"] });
    on.operations.length = 0;
    await resourceOn(on).update({ id, inputs, state: refreshed }, inputs, context);
    expect(on.commands()).toEqual(["firewall-cmd --quiet --zone=trusted --add-source=198.18.0.2"]);
  });

  test("other peers replace: those of before are closed first", async () => {
    const state = { ...inputs, firewall: "ufw", openTo: inputs.peers };
    const changed = { ...inputs, peers: ["198.18.0.9"] };
    const changes = await resourceOn(ufwHost()).diff({ id: "", inputs, state }, changed, context);
    expect(changes).toContainEqual({ property: "peers", replace: true });
  });
});

test("a rule with a comment counts, one for a port or for all does not", async () => {
  const on = ufwHost();
  on.contents.set(
    rulesPath,
    [
      "### RULES ###\n",
      "### tuple ### allow any any 0.0.0.0/0 any 198.18.0.2 in comment=666162",
      "### tuple ### allow tcp 22 0.0.0.0/0 any 198.18.0.3 in",
      "### tuple ### deny any any 0.0.0.0/0 any 198.18.0.3 in",
      "",
    ].join("\n"),
  );
  await resourceOn(on).create(inputs, context);
  expect(on.commands()).toEqual(["ufw prepend allow from 198.18.0.3"]);
});

test("without an active firewall nothing is done", async () => {
  const off = ufwHost();
  off.contents.set("/etc/ufw/ufw.conf", "ENABLED=no\n");
  for (const on of [debianHost(), familyHost("rocky-9.5"), off]) {
    const { state } = await resourceOn(on).create(inputs, context);
    expect(state).toMatchObject({ firewall: "none" });
    expect(on.commands()).toEqual([]);
  }
});

/** A host's firewall, opened for the other nodes of the fabric and for nothing else: firewalld or ufw, whichever is active. */
import * as z from "zod";
import { assignments } from "../host/assignments.ts";
import type { Operation } from "../host/operations.ts";
import { contentOf, type HostFiles, outputOf, type SnapshotRequest } from "../host/snapshot.ts";
import { changesOf, type Setting } from "../setting.ts";

const inputsSchema = z.strictObject({
  /** Fabric addresses of the other nodes. */
  peers: z.array(z.ipv4("must be an IPv4 address as in 198.18.0.1")).min(1, "must name at least one peer"),
});
type FirewallInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({
  /** The one that is active. */
  firewall: z.enum(["firewalld", "ufw", "none"]),
  /** The wanted peers whose packets are let in, now and after a reboot. */
  openTo: z.array(z.string()),
});

/** Where peers are let in: at this moment, or after the firewall's next start. ufw has one list for both. */
const beforeSchema = z.strictObject({ now: z.array(z.string()), kept: z.array(z.string()) });
type LetIn = z.infer<typeof beforeSchema>;

interface FirewallVariant {
  readonly name: "firewalld" | "ufw";
  readonly requests: readonly SnapshotRequest[];
  /** All addresses that are let in by their own rule; null while this firewall is not active. */
  letIn(files: HostFiles): LetIn | null;
  open(peer: string, where: keyof LetIn): Operation[];
  close(peer: string, where: keyof LetIn): Operation[];
}

const trustedZone = ["--zone=trusted"] as const;
const listNow = ["firewall-cmd", ...trustedZone, "--list-sources"] as const;
const listKept = ["firewall-cmd", "--permanent", ...trustedZone, "--list-sources"] as const;

/** Sources of the zone `trusted`, set in the running firewall and in its files: no reload, which would drop rules of others. */
const firewalld: FirewallVariant = {
  name: "firewalld",
  requests: [outputOf(...listNow), outputOf(...listKept)],
  letIn(files) {
    const now = files.output(...listNow);
    // firewall-cmd fails while firewalld does not run.
    return now === undefined ? null : { now: words(now), kept: words(files.output(...listKept) ?? "") };
  },
  open: (peer, where) => [zoneCommand(where, `--add-source=${peer}`)],
  close: (peer, where) => [zoneCommand(where, `--remove-source=${peer}`)],
};

function zoneCommand(where: keyof LetIn, word: string): Operation {
  const permanent = where === "kept" ? ["--permanent"] : [];
  return { kind: "run", command: ["firewall-cmd", "--quiet", ...permanent, ...trustedZone, word] };
}

const ufwRules = "/etc/ufw/user.rules";
const ufwSettings = "/etc/ufw/ufw.conf";

/** ufw keeps each rule of its own as a comment `### tuple ###` of its rules file (ufw src/backend_iptables.py). */
const ufw: FirewallVariant = {
  name: "ufw",
  requests: [contentOf(ufwSettings), contentOf(ufwRules)],
  letIn(files) {
    const isActive =
      assignments(files.text(ufwSettings) ?? "")
        .get("ENABLED")
        ?.toLowerCase() === "yes";
    if (!isActive) return null;
    const rules = (files.text(ufwRules) ?? "").matchAll(
      /^### tuple ### allow any any 0\.0\.0\.0\/0 any (\S+) in(?: |$)/gm,
    );
    const addresses = [...rules].map((found) => found[1] ?? "");
    return { now: addresses, kept: addresses };
  },
  // Before all other rules: the first one that fits counts.
  open: (peer, where) =>
    where === "now" ? [] : [{ kind: "run", command: ["ufw", "prepend", "allow", "from", peer] }],
  close: (peer, where) =>
    where === "now" ? [] : [{ kind: "run", command: ["ufw", "delete", "allow", "from", peer] }],
};

const variants = [firewalld, ufw];
const places = ["now", "kept"] as const;

export const firewall: Setting<FirewallInputs, z.infer<typeof observedSchema>, LetIn> = {
  type: "Firewall",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: ["peers"],

  key: () => "firewall",

  refuse: () => [],

  requests: () => variants.flatMap((variant) => variant.requests),

  observe(inputs, files) {
    const active = activeOn(files);
    return {
      firewall: active?.variant.name ?? "none",
      openTo: inputs.peers.filter((peer) => places.every((where) => active?.letIn[where].includes(peer))),
    };
  },

  compare: (inputs, observed) =>
    observed.firewall === "none" ? [] : changesOf(observed, { openTo: inputs.peers }),

  writes: () => [],

  remember: (_inputs, files) => activeOn(files)?.letIn ?? { now: [], kept: [] },

  apply({ inputs, files }) {
    const active = activeOn(files);
    if (active === null) return [];
    return places.flatMap((where) =>
      inputs.peers
        .filter((peer) => !active.letIn[where].includes(peer))
        .flatMap((peer) => active.variant.open(peer, where)),
    );
  },

  restore({ inputs, files }, before) {
    const active = activeOn(files);
    if (active === null) return [];
    return places.flatMap((where) =>
      inputs.peers
        .filter((peer) => active.letIn[where].includes(peer) && !before[where].includes(peer))
        .flatMap((peer) => active.variant.close(peer, where)),
    );
  },
};

function activeOn(files: HostFiles): { variant: FirewallVariant; letIn: LetIn } | null {
  for (const variant of variants) {
    const letIn = variant.letIn(files);
    if (letIn !== null) return { variant, letIn };
  }
  return null;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

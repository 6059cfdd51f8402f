/** Two fingerprints held against each other: what the testbed left, and what a reboot changes by itself. Pure. */
import { explain } from "./explain.ts";
import { type Fingerprint, type NodeFingerprint, type Section, sections } from "./fingerprint.ts";

/** A fact that differs; null where it is not there. */
export interface Change {
  readonly section: Section;
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** `kept`: the testbed left it, for all that can be told. `by reboot`: no trace of it, or gone with the next boot. */
export interface Difference extends Change {
  readonly node: string;
  readonly verdict: "kept" | "by reboot";
  readonly reason: string;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Nodes that only one of the fingerprints has: nothing can be said of them. */
  readonly unmatched: readonly string[];
}

/** Every difference of the nodes that both have, in the order of the nodes and sections. */
export function compareFingerprints(before: Fingerprint, after: Fingerprint): Comparison {
  const names = new Set([...before.nodes, ...after.nodes].map((node) => node.name));
  const differences: Difference[] = [];
  const unmatched: string[] = [];
  for (const name of names) {
    const former = before.nodes.find((node) => node.name === name);
    const latter = after.nodes.find((node) => node.name === name);
    if (former === undefined || latter === undefined) unmatched.push(name);
    else differences.push(...compareNode(former, latter));
  }
  return { differences, unmatched };
}

function compareNode(before: NodeFingerprint, after: NodeFingerprint): Difference[] {
  const changes = sections.flatMap((section) =>
    changesOf(section, before.facts[section] ?? {}, after.facts[section] ?? {}),
  );
  const bootId = "boot-id";
  const circumstances = {
    rebooted: before.facts.host?.[bootId] !== after.facts.host?.[bootId],
    bootFilesDiffer: changes.some(isBootFile),
  };
  return changes
    .filter((change) => change.section !== "host" || change.key !== bootId)
    .map((change) => {
      const byReboot = explain(change, circumstances);
      return {
        node: before.name,
        ...change,
        verdict: byReboot === null ? "kept" : "by reboot",
        reason: byReboot ?? keptReason(change),
      };
    });
}

function changesOf(
  section: Section,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => before[key] !== after[key])
    .sort()
    .map((key) => ({ section, key, before: before[key] ?? null, after: after[key] ?? null }));
}

function isBootFile({ section, key }: Change): boolean {
  return section === "digest" && /^\/(etc\/default\/grub|boot\/(grub2?\/grub\.cfg|loader\/))/.test(key);
}

function keptReason({ before, after }: Change): string {
  if (before === null) return "was not there before";
  return after === null ? "is gone" : "is another than before";
}

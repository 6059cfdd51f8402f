/** What the environments were, and everything in which they differ. */
import { type EnvironmentName, environmentTraits, type Ownership } from "../../../infra/inventory.ts";
import { type Comparison, type Difference, shortDigests } from "../../evidence/compare.ts";
import type { ResultSet } from "../../result-set/result-set.ts";
import { inPaperOrder } from "../../summary.ts";
import { environmentStyles, labelOf } from "../figures/environment-style.ts";
import { type Content, type Markup, markup } from "../markup.ts";
import { listed } from "./numbers.ts";
import { table } from "./table.ts";

const owners: Readonly<Record<Ownership, string>> = {
  host: "the host has the whole adapter",
  "host-virtual-function": "the host uses one virtual function",
  "guest-physical-function": "the first guest has the whole adapter",
  "guest-virtual-functions": "each guest has one virtual function",
  "guest-virtio": "the host has it, guests have virtio devices",
};

/** Both tables, and which pairs are not compared. */
export function environments(set: ResultSet): Markup {
  const { results, plan } = set;
  const names = inPaperOrder(plan.suite.environments);
  const about = names.map((name) => [
    labelOf(name),
    name,
    environmentStyles[name].meaning,
    owners[environmentTraits[name].ownership],
    placesText(set, name),
  ]);
  const refused = results.comparisons.filter(({ comparable }) => !comparable);
  return markup`<section id="environments"><h2>Environments</h2>
${table(
  "What each environment is",
  ["name", "in data", "what it is", "who has the adapter", "where it ran"].map((name) => ({ name })),
  about,
  { words: true },
)}
${refused.length === 0 ? null : markup`<h3>Not compared</h3><ul class="sentences">${refused.map(refusedSentence)}</ul>`}
${differences(results.differences, names)}</section>
`;
}

function placesText({ inventory }: ResultSet, name: EnvironmentName): string {
  const environment = inventory.environments.find((candidate) => candidate.name === name);
  if (environment === undefined) return "not deployed";
  return environment.placements
    .map(({ node, guest }) => (guest === undefined ? node : `${node}/${guest}`))
    .join(", ");
}

function refusedSentence({ environments: [a, b], reasons }: Comparison): Markup {
  return markup`<li>${labelOf(a)} and ${labelOf(b)}: ${reasons.map(shortDigests).join("; ")}.</li>`;
}

function differences(all: readonly Difference[], names: readonly EnvironmentName[]): Markup {
  if (all.length === 0) return markup`<p>No recorded fact differs between the environments.</p>`;
  const rows = all.map((difference) => [
    difference.fairness === "unfair"
      ? markup`${difference.what} <span class="unfair">(unfair)</span>`
      : difference.what,
    ...names.map((name) => valueCell(difference, name)),
  ]);
  const unfair = all.filter(({ fairness }) => fairness === "unfair").length;
  return markup`<h3>Everything in which they differ</h3>
<p>${unfair === 0 ? "None of these differences makes a comparison unfair: they are what the comparison is about, or its context." : `${unfair} of ${all.length} differences make a comparison unfair; the others are what the comparison is about, or its context.`} Facts that are the same everywhere are not listed. Of lists only those items are told that not all have.</p>
${table(`${all.length} differences`, [{ name: "fact" }, ...names.map((name) => ({ name: labelOf(name) }))], rows, { words: true })}`;
}

/** A value with the places that have it, where not all of the environment do. */
function valueCell({ values }: Difference, environment: EnvironmentName): Content {
  const own = values.filter((value) => value.environment === environment);
  if (own.length === 0) return "–";
  const told = [...Map.groupBy(own, ({ value }) => value)].map(([value, holders]) => {
    const places = holders.flatMap(({ node, guest }) =>
      node === undefined ? [] : [guest === undefined ? node : `${node}/${guest}`],
    );
    return places.length === 0 ? shortDigests(value) : `${shortDigests(value)} (${listed(places)})`;
  });
  return told.join("; ");
}

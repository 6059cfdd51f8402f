/** What Blazar says when it refuses a lease, as sentences: most of it is a bare 500. */
import { CloudError } from "./cloud-error.ts";
import { toBlazarTime } from "./lease-time.ts";

/** What was asked for. */
export interface WantedLease {
  readonly nodeType: string;
  readonly count: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly region: string;
  /** Node types that are known there; empty: not known. */
  readonly nearNodeTypes: readonly string[];
}

interface Rule {
  readonly pattern: RegExp;
  readonly sentence: (wanted: WantedLease, detail: string) => string;
}

const span = ({ startMs, endMs }: WantedLease): string =>
  `from ${toBlazarTime(startMs)} to ${toBlazarTime(endMs)} UTC`;

const rules: readonly Rule[] = [
  {
    // Blazar says the same of hosts that are taken, of more than there are, and of a type that it does not know.
    pattern: /^Not enough hosts available/,
    sentence: (wanted, detail) => {
      const { nodeType, count, region, nearNodeTypes } = wanted;
      const near =
        nearNodeTypes.length === 0 ? "" : ` (${region} has types such as ${nearNodeTypes.join(", ")})`;
      return (
        `${count} nodes of type ${nodeType} are not free ${span(wanted)}: ${detail}. Right would be fewer nodes, ` +
        `another time (nodes.leaseStart; the site's host calendar shows when), or a type that the site has${near}.`
      );
    },
  },
  {
    pattern: /^BlazarDBNotFound/,
    sentence: ({ region }) =>
      `Blazar at ${region} knows no host property "node_type" (it says BlazarDBNotFound): is this Chameleon's bare metal?`,
  },
  {
    pattern: /^Start date must be later than current date/,
    sentence: ({ startMs }) =>
      `The lease would start at ${toBlazarTime(startMs)} UTC, which is past; right would be a later nodes.leaseStart, or "now".`,
  },
  {
    pattern: /^End date must be later than/,
    sentence: ({ endMs }) =>
      `The lease would end at ${toBlazarTime(endMs)} UTC, which is past or before its start; right would be a longer nodes.leaseHours.`,
  },
  {
    pattern: /^Invalid lease status/,
    sentence: () =>
      "The lease is just starting, ending or being changed, and Blazar lets nobody touch it meanwhile; try again in a minute.",
  },
  {
    pattern: /^Cannot modify the start date of already started leases/,
    sentence: () => "The lease has started, so its start can't be moved any more.",
  },
  {
    pattern: /^(Internal Server Error|INTERNAL_SERVER_ERROR)/,
    sentence: ({ region }) =>
      `Blazar at ${region} had an internal error, as it has when Nova is down; try again later, or look at the site's status page.`,
  },
  {
    pattern: /maximum|too long|lease duration|max_lease_duration/i,
    sentence: ({ region }, detail) =>
      `${region} does not give leases that long: ${detail}; right would be a shorter nodes.leaseHours, extended later.`,
  },
];

/** The error with a sentence for its message where there is one; everything else as it is. */
export function explainLeaseError(error: unknown, wanted: WantedLease): unknown {
  if (!(error instanceof CloudError)) return error;
  const rule = rules.find(({ pattern }) => pattern.test(error.detail));
  if (rule === undefined) return error;
  return new CloudError(rule.sentence(wanted, error.detail), error.status, error.detail);
}

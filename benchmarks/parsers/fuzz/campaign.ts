/** Many cases of mutated texts, one after the other. */
import { type Mutated, mutations } from "./mutations.ts";
import { type Parse, violation } from "./oracle.ts";
import { randomOf } from "./random.ts";
import type { Corpus } from "./texts.ts";

/** A case whose parsing was wrong. */
export interface Violation {
  readonly caseNumber: number;
  readonly mutation: string;
  readonly what: string;
  readonly wrong: string;
}

/** Counts of one kind of mutation. */
export interface Count {
  cases: number;
  refused: number;
}

/** What came of a campaign. */
export interface Summary {
  readonly cases: number;
  readonly counts: ReadonlyMap<string, Count>;
  readonly violations: readonly Violation[];
}

/** The mutated text of one case; the same for the same corpus, seed and number. */
export function mutatedText(
  corpus: Corpus,
  seed: number,
  caseNumber: number,
): Mutated & { readonly mutation: string } {
  const random = randomOf(seed, caseNumber);
  const [mutation, mutate] = random.oneOf(Object.entries(mutations));
  return { mutation, ...mutate(corpus, random) };
}

/** Runs the cases 0 to `cases` - 1 of a seed. @param onCase called after each case, for progress @param parse instead of the command's */
export function runCampaign(
  corpus: Corpus,
  { cases, seed }: { readonly cases: number; readonly seed: number },
  onCase: (done: number, found: Violation | null) => void = () => undefined,
  parse?: Parse,
): Summary {
  const counts = new Map<string, Count>(
    Object.keys(mutations).map((name) => [name, { cases: 0, refused: 0 }]),
  );
  const violations: Violation[] = [];
  for (let caseNumber = 0; caseNumber < cases; caseNumber++) {
    const mutated = mutatedText(corpus, seed, caseNumber);
    const { wrong, isRefused } = violation(mutated, parse);
    const count = counts.get(mutated.mutation);
    if (count !== undefined) {
      count.cases += 1;
      if (isRefused) count.refused += 1;
    }
    const { mutation, what } = mutated;
    const found = wrong === null ? null : { caseNumber, mutation, what, wrong };
    if (found !== null) violations.push(found);
    onCase(caseNumber + 1, found);
  }
  return { cases, counts, violations };
}

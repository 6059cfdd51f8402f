/** Where an axis is labelled, and with what. */
import { scaleLinear } from "d3-scale";

/** A span with room at both ends on a logarithmic axis, at least as wide as `leastRatio`. */
export function paddedLogSpan(values: readonly number[], leastRatio: number): readonly [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const middle = Math.sqrt(low * high);
  const half = Math.max(Math.sqrt(high / low), Math.sqrt(leastRatio)) ** 1.12;
  return [middle / half, middle * half];
}

/** Leading digits that stand about equally far apart on a logarithmic axis, the densest first. */
const leadingDigits = [[1, 2, 5], [1, 3], [1]] as const;

/** `most` round numbers or fewer on a logarithmic axis. A narrow span has evenly spaced ones, a wide one powers of ten. */
export function logTicks([low, high]: readonly [number, number], most: number): number[] {
  const decades = Math.log10(high / low);
  if (decades < 0.8) return evenTicks([low, high], most);
  const from = Math.floor(Math.log10(low));
  const exponents = Array.from({ length: Math.ceil(decades) + 2 }, (_, index) => from + index);
  const candidates = leadingDigits.map((digits) =>
    exponents
      .flatMap((exponent) => digits.map((digit) => Number(`${digit}e${exponent}`)))
      .filter((tick) => tick >= low && tick <= high),
  );
  return candidates.find((ticks) => ticks.length <= most) ?? thinned(candidates.at(-1) ?? [], most);
}

/**
 * Evenly spaced round numbers, `most` of them or fewer: d3 takes a count for a hint, and labels would touch. One tick alone would tell
 * no scale: rather than it, every second, third, … of the next denser ones.
 */
function evenTicks([low, high]: readonly [number, number], most: number): number[] {
  const scale = scaleLinear().domain([low, high]);
  const candidates = Array.from({ length: most }, (_, index) =>
    scale.ticks(most - index).filter((tick) => tick > 0),
  );
  const fitting = candidates.find((ticks) => ticks.length > 1 && ticks.length <= most);
  if (fitting !== undefined) return fitting;
  const [dense = []] = candidates;
  return dense.length <= most ? dense : multiples(dense, most);
}

/** Of evenly spaced ticks those that are multiples of the least multiple of their step with which `most` or fewer are left. */
function multiples(ticks: readonly number[], most: number): number[] {
  const step = (ticks[1] as number) - (ticks[0] as number);
  for (let factor = 2; ; factor++) {
    const left = ticks.filter((tick) => Math.round(tick / step) % factor === 0);
    if (left.length <= most) return left;
  }
}

/** Every so many, counted so that at most `most` are left. */
export function thinned<Item>(items: readonly Item[], most: number): Item[] {
  const step = Math.ceil(items.length / most);
  return items.filter((_, index) => index % step === 0);
}

/** A tick's number: no zeros that say nothing, thousands as k and M. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${trimmed(value / 1e6)}M`;
  if (size >= 1e4) return `${trimmed(value / 1e3)}k`;
  return trimmed(value);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(4)));
}

const sizeUnits = ["", "K", "M", "G"] as const;

/** A message size as short as it can be: 512, 4K, 1M, in powers of 1024. */
export function sizeTickText(sizeBytes: number): string {
  const power = Math.min(Math.floor(Math.log2(sizeBytes) / 10), sizeUnits.length - 1);
  return `${trimmed(sizeBytes / 1024 ** power)}${sizeUnits[power]}`;
}

/** Values without noise from figures in words. Pure. */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import type { Figures, NativeFigure, VirtualizedFigure } from "./figures.ts";

/** As in the paper's only definition: medium is from 256 B to 8 KiB. */
export function sizeWord(sizeBytes: number): "small" | "medium" | "large" {
  if (sizeBytes < 256) return "small";
  return sizeBytes <= 8192 ? "medium" : "large";
}

/** Whether a native figure has message sizes. */
export function hasSizes(figure: NativeFigure): boolean {
  return !("seconds" in figure);
}

/** Native's value: µs for a latency, GB/s for a bandwidth, s for an application. */
function nativeValue(figure: NativeFigure, sizeBytes: number | null): number {
  if ("seconds" in figure) return figure.seconds;
  if (sizeBytes === null) throw new RangeError(`${figure.benchmark} has message sizes`);
  if ("startupUs" in figure) return figure.startupUs + sizeBytes / (figure.gigabytesPerSecond * 1e3);
  return (figure.peakGigabytesPerSecond * sizeBytes) / (sizeBytes + figure.halfSizeBytes);
}

/** An environment's value, in native's unit. Throws RangeError where the figures say nothing of it. */
export function modelValue(
  figures: Figures,
  native: NativeFigure,
  environment: EnvironmentName,
  sizeBytes: number | null,
): number {
  const base = nativeValue(native, sizeBytes);
  if (environment === "native") return base;
  const figure = figures.virtualized.find(
    (one) =>
      one.benchmark === native.benchmark &&
      one.statistic === native.statistic &&
      one.environment === environment &&
      appliesTo(one, sizeBytes),
  );
  if (figure === undefined) {
    throw new RangeError(
      `the figures say nothing of ${native.benchmark} in ${environment} at ${sizeBytes} B`,
    );
  }
  const isRate = "peakGigabytesPerSecond" in native;
  if ("overheadPercent" in figure) {
    const part = figure.overheadPercent / 100;
    return base * (isRate ? 1 - part : 1 + part);
  }
  const part = figure.vmPassthroughImprovesPercent / 100;
  const passthrough = modelValue(figures, native, "vm-passthrough", sizeBytes);
  return passthrough / (isRate ? 1 + part : 1 - part);
}

function appliesTo({ sizes }: VirtualizedFigure, sizeBytes: number | null): boolean {
  return sizes === "all" || (sizeBytes !== null && sizes === sizeWord(sizeBytes));
}

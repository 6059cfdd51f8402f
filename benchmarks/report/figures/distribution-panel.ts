/** Empirical distributions of the launches of one benchmark and size: the share of launches at or below each value. */
import { scaleLinear, scaleLog } from "d3-scale";
import type { EnvironmentName } from "../../../infra/inventory.ts";
import { ascending } from "../../statistics/quantile.ts";
import { type Markup, markup } from "../markup.ts";
import { sizeText } from "./describe-panel.ts";
import { colourClass, labelOf, place } from "./environment-style.ts";
import { dashOf } from "./size-panel.ts";
import { axes, columnTick, drawing, rowTick } from "./svg.ts";
import { logTicks, paddedLogSpan, tickText } from "./ticks.ts";

export interface DistributionPanel {
  readonly benchmark: string;
  readonly title: string;
  readonly unit: string;
  readonly sizeBytes: number | null;
  /** Every environment that was planned; one without launches has no values. */
  readonly launches: readonly { readonly environment: EnvironmentName; readonly values: readonly number[] }[];
  readonly stamp: string | null;
}

const width = 250;
const height = 158;
const plot = { left: 34, top: 10, width: width - 44, height: 104 };
const leastSpan = 1.04;

/** A staircase for each environment. Each step is a launch. */
export function distributionPanel(panel: DistributionPanel): Markup {
  const { benchmark, title, unit, sizeBytes, launches, stamp } = panel;
  const x = scaleLog()
    .domain([
      ...paddedLogSpan(
        launches.flatMap(({ values }) => values),
        leastSpan,
      ),
    ])
    .range([plot.left, plot.left + plot.width]);
  const y = scaleLinear()
    .domain([0, 1])
    .range([plot.top + plot.height, plot.top]);
  const size = sizeText(sizeBytes);
  return drawing(
    {
      id: `distribution-${benchmark}${sizeBytes === null ? "" : `-${sizeBytes}`}`,
      width,
      height,
      title: `${title}${size === "" ? "" : ` at ${size}`}: share of launches at or below each value`,
      description: launches.map((one) => launchesText(one, unit)).join("; "),
      stamp,
    },
    [
      [0, 0.5, 1].map((share) => rowTick(plot, y(share), String(share))),
      logTicks(x.domain() as [number, number], 4).map((tick) => columnTick(plot, x(tick), tickText(tick))),
      axes(plot),
      markup`<text class="name" x="${plot.left + plot.width / 2}" y="${plot.top + plot.height + 29}" text-anchor="middle">${unit}</text>`,
      launches.map(({ environment, values }) =>
        values.length === 0
          ? null
          : markup`<path class="curve ${colourClass(environment)}"${dashOf(environment)} d="${staircase(values, x, y)}"/>`,
      ),
    ],
  );
}

function launchesText({ environment, values }: DistributionPanel["launches"][number], unit: string): string {
  if (values.length === 0) return `${labelOf(environment)}: no launch`;
  const sorted = ascending(values);
  return `${labelOf(environment)}: n = ${values.length}, from ${tickText(sorted[0] as number)} to ${tickText(sorted.at(-1) as number)} ${unit}`;
}

function staircase(
  values: readonly number[],
  x: (value: number) => number,
  y: (share: number) => number,
): string {
  const sorted = [...ascending(values)];
  const steps = sorted.map((value, index) => `H${place(x(value))}V${place(y((index + 1) / sorted.length))}`);
  return `M${plot.left} ${place(y(0))}${steps.join("")}H${plot.left + plot.width}`;
}

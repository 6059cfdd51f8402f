/** Residuals of a benchmark: how far each launch lies from the median of its cell, in the order in which launches ran. */
import { scaleLinear, scaleLog } from "d3-scale";
import type { EnvironmentName } from "../../../infra/inventory.ts";
import { type Markup, markup } from "../markup.ts";
import { colourClass, labelOf, place } from "./environment-style.ts";
import { type Area, axes, columnTick, drawing, rowTick } from "./svg.ts";
import { logTicks, paddedLogSpan, tickText } from "./ticks.ts";

/** A launch against the others of its cell. */
export interface Residual {
  readonly environment: EnvironmentName;
  /** The launch's number in the plan. */
  readonly position: number;
  /** Value over the median of its cell. */
  readonly ratio: number;
  readonly outlier: boolean;
}

export interface ResidualPanel {
  readonly benchmark: string;
  readonly title: string;
  readonly environments: readonly EnvironmentName[];
  readonly residuals: readonly Residual[];
  readonly stamp: string | null;
}

const width = 360;
const left = 44;
const plotWidth = width - left - 12;
const stripHeight = 46;
const stripGap = 22;
const leastSpan = 1.04;

/** A strip for each environment, all on one scale. */
export function residualPanel({ benchmark, title, environments, residuals, stamp }: ResidualPanel): Markup {
  const positions = residuals.map(({ position }) => position);
  const [first, last] = [Math.min(...positions), Math.max(...positions)];
  const x = scaleLinear()
    .domain(first === last ? [first - 1, last + 1] : [first, last])
    .range([left + 6, left + plotWidth - 6]);
  const span = paddedLogSpan([...residuals.map(({ ratio }) => ratio), 1], leastSpan);
  const strips = environments.map((environment, index) => ({
    environment,
    area: { left, top: 18 + index * (stripHeight + stripGap), width: plotWidth, height: stripHeight },
  }));
  const bottom = strips.at(-1)?.area ?? { left, top: 0, width: plotWidth, height: 0 };
  const outliers = residuals.filter(({ outlier }) => outlier).length;
  const spread = residuals.map(({ ratio }) => ratio);
  return drawing(
    {
      id: `residuals-${benchmark}`,
      width,
      height: bottom.top + bottom.height + 33,
      title: `${title}: launches against the median of their cell, in the order of the plan`,
      description: `${residuals.length} launch values from ${tickText(Math.min(...spread))} to ${tickText(Math.max(...spread))} times the median of their cell; ${outliers} flagged as far from the others, none left out.`,
      stamp,
    },
    [
      x
        .ticks(5)
        .filter(Number.isInteger)
        .map((tick) => columnTick(bottom, x(tick), tickText(tick))),
      markup`<text class="name" x="${left + plotWidth / 2}" y="${bottom.top + bottom.height + 28}" text-anchor="middle">launch, in the order of the plan</text>`,
      strips.map(({ environment, area }) =>
        strip(
          environment,
          area,
          residuals.filter((residual) => residual.environment === environment),
          { x, span },
        ),
      ),
    ],
  );
}

function strip(
  environment: EnvironmentName,
  area: Area,
  residuals: readonly Residual[],
  { x, span }: { readonly x: (position: number) => number; readonly span: readonly [number, number] },
): Markup {
  const y = scaleLog()
    .domain([...span])
    .range([area.top + area.height, area.top]);
  const dots = residuals.map(({ position, ratio }) => `M${place(x(position))} ${place(y(ratio))}h0`).join("");
  const rings = residuals
    .filter(({ outlier }) => outlier)
    .map(
      ({ position, ratio }) =>
        markup`<circle class="ring" cx="${place(x(position))}" cy="${place(y(ratio))}" r="4.5"/>`,
    );
  return markup`${logTicks(span, 3).map((tick) => rowTick(area, y(tick), tickText(tick)))}<path class="unity" d="M${area.left} ${place(y(1))}h${area.width}"/><text class="name" x="${area.left}" y="${area.top - 6}">${labelOf(environment)}</text>${axes(area)}${
    residuals.length === 0
      ? markup`<text class="none" x="${area.left + 8}" y="${area.top + area.height / 2}">no result</text>`
      : markup`<path class="dots ${colourClass(environment)}" d="${dots}"/>`
  }${rings}`;
}

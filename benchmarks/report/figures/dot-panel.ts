/** A benchmark without sizes: a row for each environment, dots with intervals and no line, since environments have no order. */
import { type ScaleLogarithmic, scaleLog } from "d3-scale";
import type { EnvironmentName } from "../../../infra/inventory.ts";
import type { Interval } from "../../statistics/bca.ts";
import { type Markup, markup } from "../markup.ts";
import { panelDescription, pointText, ratioText } from "./describe-panel.ts";
import { colourClass, labelOf, markAt, place } from "./environment-style.ts";
import { type Panel, quantityOf, reference } from "./panel.ts";
import { type Area, areaName, axes, columnTick, drawing, horizontalBar } from "./svg.ts";
import { logTicks, paddedLogSpan, tickText } from "./ticks.ts";

const width = 360;
const left = 98;
const plotWidth = width - left - 16;
const rowHeight = 23;
const nameHeight = 20;
const tickHeight = 20;
const leastSpan = 1.1;

/** One dot of a row. */
interface Dot {
  readonly value: number;
  readonly interval: Interval | null;
  readonly hollow: boolean;
  readonly told: string;
}

/** The panel's drawing. */
export function dotPanel(panel: Panel): Markup {
  const subjects = panel.environments.filter((name) => name !== reference);
  const medians: Area = {
    left,
    top: nameHeight,
    width: plotWidth,
    height: panel.environments.length * rowHeight,
  };
  const ratios: Area = {
    left,
    top: medians.top + medians.height + tickHeight + nameHeight + 6,
    width: plotWidth,
    height: subjects.length * rowHeight,
  };
  const last = panel.ratios.length > 0 ? ratios : medians;
  const medianOf = (environment: EnvironmentName): Dot | null => {
    const point = panel.points.find((candidate) => candidate.environment === environment);
    if (point === undefined) return null;
    return {
      value: point.median,
      interval: point.interval,
      hollow: false,
      told: pointText(point, panel.unit),
    };
  };
  const ratioOf = (environment: EnvironmentName): Dot | null => {
    const point = panel.ratios.find((candidate) => candidate.environment === environment);
    if (point === undefined) return null;
    const { ratio: value, interval, reading } = point;
    return { value, interval, hollow: reading !== "difference", told: ratioText(point) };
  };
  const statusOf = (environment: EnvironmentName): string =>
    panel.gaps.find((gap) => gap.environment === environment)?.status ?? "no result";
  return drawing(
    {
      id: `drawing-${panel.benchmark}`,
      width,
      height: last.top + last.height + tickHeight,
      title: `${panel.title} by environment`,
      description: panelDescription(panel),
      stamp: panel.stamp,
    },
    [
      areaName({ ...medians, left: 4 }, `${quantityOf(panel)} [${panel.unit}], ${panel.better} is better`),
      rows(medians, panel.environments, medianOf, statusOf, []),
      panel.ratios.length > 0
        ? [
            areaName(
              { ...ratios, left: 4 },
              `ratio to ${labelOf(reference)}, ${panel.better === "lower" ? "above" : "below"} 1 is worse`,
            ),
            rows(ratios, subjects, ratioOf, () => "no ratio", [1]),
          ]
        : null,
    ],
  );
}

function rows(
  plot: Area,
  environments: readonly EnvironmentName[],
  dotOf: (environment: EnvironmentName) => Dot | null,
  statusOf: (environment: EnvironmentName) => string,
  shownToo: readonly number[],
): Markup {
  const dots = environments.map((environment) => ({ environment, dot: dotOf(environment) }));
  const values = dots.flatMap(({ dot }) =>
    dot === null
      ? []
      : [dot.value, ...(dot.interval === null ? [] : [dot.interval.lower, dot.interval.upper])],
  );
  const x = values.length === 0 ? null : horizontalScale(plot, [...values, ...shownToo]);
  return markup`${x === null ? null : logTicks(x.domain() as [number, number], 5).map((tick) => columnTick(plot, x(tick), tickText(tick)))}${
    x === null
      ? null
      : shownToo.map(
          (value) => markup`<path class="unity" d="M${place(x(value))} ${plot.top}v${plot.height}"/>`,
        )
  }${axes(plot)}${dots.map(({ environment, dot }, index) => {
    const y = plot.top + rowHeight * (index + 0.5);
    const name = markup`<text class="tick" x="${plot.left - 8}" y="${place(y + 3.5)}" text-anchor="end">${labelOf(environment)}</text>`;
    if (x === null || dot === null) {
      return markup`${name}<path class="gap ${colourClass(environment)}" d="M${plot.left + 7} ${place(y - 2.6)}l5.2 5.2m0 -5.2l-5.2 5.2"/><text class="none" x="${plot.left + 18}" y="${place(y + 3.5)}">${statusOf(environment)}</text>`;
    }
    const { value, interval, hollow, told } = dot;
    const bar =
      interval === null
        ? null
        : horizontalBar(`wide ${colourClass(environment)}`, y, [x(interval.lower), x(interval.upper)]);
    return markup`${name}${bar}${markAt(environment, x(value), y, { hollow, told })}`;
  })}`;
}

function horizontalScale(plot: Area, values: readonly number[]): ScaleLogarithmic<number, number> {
  return scaleLog()
    .domain([...paddedLogSpan(values, leastSpan)])
    .range([plot.left, plot.left + plot.width]);
}

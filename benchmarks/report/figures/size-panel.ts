/** A benchmark over message sizes: medians with interval bands above, ratios to the reference below, both axes logarithmic. */
import { type ScaleLogarithmic, scaleLog } from "d3-scale";
import { area, line } from "d3-shape";
import type { EnvironmentName } from "../../../infra/inventory.ts";
import { type Markup, markup } from "../markup.ts";
import { gapText, panelDescription, pointText, ratioText } from "./describe-panel.ts";
import { colourClass, environmentStyles, labelOf, markAt, place } from "./environment-style.ts";
import { type Panel, type PanelPoint, panelSizes, quantityOf, type RatioPoint, reference } from "./panel.ts";
import { type Area, areaName, axes, columnTick, drawing, rowTick, verticalBar } from "./svg.ts";
import { logTicks, paddedLogSpan, sizeTickText, thinned, tickText } from "./ticks.ts";

type LogScale = ScaleLogarithmic<number, number>;

const width = 360;
const left = 44;
const plotWidth = width - left - 12;
const medianHeight = 178;
const ratioHeight = 96;
const gapHeight = 16;
/** Above an area, for its name. */
const nameHeight = 20;
const mostSizeTicks = 8;
const widestDodge = 4;
/** No difference is made to look large by an axis that spans next to nothing. */
const leastMedianSpan = 1.3;
const leastRatioSpan = 1.1;

/** The panel's drawing. `gapRow`: it has a row for cells without a number, as others beside it do. */
export function sizePanel(panel: Panel, gapRow = panel.gaps.length > 0): Markup {
  const sizes = panelSizes(panel);
  const x = sizeScale(sizes);
  const xOf: XOf = (_, sizeBytes) => x(sizeBytes ?? 1);
  const dodge = dodges(panel.environments, sizes.length);
  const dodgedXOf: XOf = (environment, sizeBytes) => x(sizeBytes ?? 1) + (dodge.get(environment) ?? 0);
  const medians: Area = { left, top: nameHeight, width: plotWidth, height: medianHeight };
  const ratioTop = medians.top + medianHeight + (gapRow ? gapHeight : 0) + nameHeight + 10;
  const ratios: Area = { left, top: ratioTop, width: plotWidth, height: ratioHeight };
  const bottom =
    panel.ratios.length > 0 ? ratios : { ...medians, height: medianHeight + (gapRow ? gapHeight : 0) };
  const labelled = thinned(sizes, mostSizeTicks);
  const height = bottom.top + bottom.height + 33;
  return drawing(
    {
      id: `drawing-${panel.benchmark}`,
      width,
      height,
      title: `${panel.title} over message size`,
      description: panelDescription(panel),
      stamp: panel.stamp,
    },
    [
      labelled.map((size) => columnTick(bottom, x(size), sizeTickText(size))),
      markup`<text class="name" x="${left + plotWidth / 2}" y="${bottom.top + bottom.height + 28}" text-anchor="middle">message size [bytes]</text>`,
      medianArea(panel, medians, labelled.map(x), xOf),
      gapRow ? gaps(panel, medians.top + medianHeight + gapHeight / 2 + 1, dodgedXOf) : null,
      panel.ratios.length > 0 ? ratioArea(panel, ratios, dodgedXOf) : null,
    ],
  );
}

type XOf = (environment: EnvironmentName, sizeBytes: number | null) => number;

function sizeScale(sizes: readonly number[]): LogScale {
  const [low, high] = [sizes[0] ?? 1, sizes.at(-1) ?? 1];
  const room = sizes.length === 1 ? 2 : (high / low) ** 0.04;
  return scaleLog()
    .domain([low / room, high * room])
    .range([left, left + plotWidth]);
}

/** Ratios of one size stand side by side: their bars would hide each other. */
function dodges(environments: readonly EnvironmentName[], sizeCount: number): Map<EnvironmentName, number> {
  const step = Math.min(widestDodge, plotWidth / Math.max(sizeCount, 1) / (environments.length + 1));
  return new Map(
    environments.map((environment, index) => [environment, step * (index - (environments.length - 1) / 2)]),
  );
}

function medianArea(panel: Panel, plot: Area, columns: readonly number[], xOf: XOf): Markup {
  const grid = columns.map(
    (column) => markup`<path class="grid" d="M${place(column)} ${plot.top}v${plot.height}"/>`,
  );
  const name = areaName(plot, `${quantityOf(panel)} [${panel.unit}], ${panel.better} is better`);
  const values = panel.points.flatMap(({ median, interval }) =>
    interval === null ? [median] : [median, interval.lower, interval.upper],
  );
  if (values.length === 0) {
    return markup`${name}${axes(plot)}<text class="none" x="${plot.left + plot.width / 2}" y="${plot.top + plot.height / 2}" text-anchor="middle">no cell has a result</text>`;
  }
  const y = verticalScale(plot, paddedLogSpan(values, leastMedianSpan));
  const ticks = logTicks(y.domain() as [number, number], 6);
  return markup`${grid}${ticks.map((tick) => rowTick(plot, y(tick), tickText(tick)))}${name}${axes(plot)}${panel.environments.map(
    (environment) => medianCurve(panel, environment, y, xOf),
  )}`;
}

function verticalScale(plot: Area, domain: readonly [number, number]): LogScale {
  return scaleLog()
    .domain([...domain])
    .range([plot.top + plot.height, plot.top]);
}

/** A size without a number breaks the line: nothing was seen there. */
function medianCurve(panel: Panel, environment: EnvironmentName, y: LogScale, xOf: XOf): Markup | null {
  const points = pointsBySize(panel, panel.points, environment);
  const colour = colourClass(environment);
  const pathOf = line<PanelPoint | null>()
    .defined((point) => point !== null)
    .x((point) => xOf(environment, point?.sizeBytes ?? null))
    .y((point) => y(point?.median ?? 1))
    .digits(1);
  const bandOf = area<PanelPoint | null>()
    .defined((point) => point !== null && point.interval !== null)
    .x((point) => xOf(environment, point?.sizeBytes ?? null))
    .y0((point) => y(point?.interval?.lower ?? 1))
    .y1((point) => y(point?.interval?.upper ?? 1))
    .digits(1);
  const seen = points.filter((point) => point !== null);
  return markup`<path class="band ${colour}" d="${bandOf(points) ?? ""}"/><path class="curve ${colour}"${dashOf(environment)} d="${pathOf(points) ?? ""}"/>${seen.map(
    ({ sizeBytes, interval }) =>
      interval === null
        ? null
        : verticalBar(colour, xOf(environment, sizeBytes), [y(interval.lower), y(interval.upper)]),
  )}${seen.map((point) =>
    markAt(environment, xOf(environment, point.sizeBytes), y(point.median), {
      hollow: false,
      told: pointText(point, panel.unit),
    }),
  )}`;
}

/** An attribute, where the environment's line is not solid. */
export function dashOf(environment: EnvironmentName): Markup | null {
  const { dash } = environmentStyles[environment];
  return dash === null ? null : markup` stroke-dasharray="${dash}"`;
}

/** The environment's points at every size of the panel, null where there is none. */
function pointsBySize<Point extends PanelPoint | RatioPoint>(
  panel: Panel,
  points: readonly Point[],
  environment: EnvironmentName,
): (Point | null)[] {
  const own = new Map(
    points.filter((point) => point.environment === environment).map((point) => [point.sizeBytes, point]),
  );
  return panelSizes(panel).map((sizeBytes) => own.get(sizeBytes) ?? null);
}

function gaps({ gaps: cells, environments }: Panel, y: number, xOf: XOf): Markup | null {
  if (cells.length === 0) return null;
  const crosses = cells.map((gap) => {
    const x = xOf(gap.environment, gap.sizeBytes);
    return markup`<path class="gap ${colourClass(gap.environment)}" d="M${place(x - 2.6)} ${place(y - 2.6)}l5.2 5.2m0 -5.2l-5.2 5.2"><title>${gapText(gap)}</title></path>`;
  });
  const without = environments.filter((name) => cells.some(({ environment }) => environment === name));
  return markup`<text class="tick" x="${left - 5}" y="${place(y + 3.5)}" text-anchor="end">none</text>${crosses}<title>no result: ${without.map(labelOf).join(", ")}</title>`;
}

function ratioArea(panel: Panel, plot: Area, xOf: XOf): Markup {
  const values = panel.ratios.flatMap(({ ratio, interval }) =>
    interval === null ? [ratio] : [ratio, interval.lower, interval.upper],
  );
  const y = verticalScale(plot, paddedLogSpan([1, ...values], leastRatioSpan));
  const ticks = logTicks(y.domain() as [number, number], 4);
  const subjects = panel.environments.filter((name) => name !== reference);
  return markup`${ticks.map((tick) => rowTick(plot, y(tick), tickText(tick)))}<path class="unity" d="M${plot.left} ${place(y(1))}h${plot.width}"/>${areaName(
    plot,
    `ratio to ${labelOf(reference)}, ${panel.better === "lower" ? "above" : "below"} 1 is worse`,
  )}${axes(plot)}${subjects.map((environment) => ratioCurve(panel, environment, y, xOf))}`;
}

function ratioCurve(panel: Panel, environment: EnvironmentName, y: LogScale, xOf: XOf): Markup {
  const points = pointsBySize(panel, panel.ratios, environment);
  const colour = colourClass(environment);
  const pathOf = line<RatioPoint | null>()
    .defined((point) => point !== null)
    .x((point) => xOf(environment, point?.sizeBytes ?? null))
    .y((point) => y(point?.ratio ?? 1))
    .digits(1);
  const seen = points.filter((point) => point !== null);
  return markup`<path class="curve thin ${colour}"${dashOf(environment)} d="${pathOf(points) ?? ""}"/>${seen.map(
    ({ sizeBytes, interval }) =>
      interval === null
        ? null
        : verticalBar(colour, xOf(environment, sizeBytes), [y(interval.lower), y(interval.upper)]),
  )}${seen.map((point) =>
    markAt(environment, xOf(environment, point.sizeBytes), y(point.ratio), {
      hollow: point.reading !== "difference",
      told: ratioText(point),
    }),
  )}`;
}

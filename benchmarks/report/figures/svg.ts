/** What all drawings have in common: a name and a description for those who don't see them, and what every copy must say of the data. */
import { type Content, type Markup, markup } from "../markup.ts";
import { place } from "./environment-style.ts";

export interface Drawing {
  /** Unique in the page. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  /** What a copy of the drawing must say of the data; null: nothing. */
  readonly stamp: string | null;
}

/** A rectangle of a drawing in its own units. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing that scales with its column. The stamp is part of it, so that a copy of the drawing keeps it. */
export function drawing({ id, width, height, title, description, stamp }: Drawing, content: Content): Markup {
  return markup`<svg class="drawing" role="img" viewBox="0 0 ${width} ${height}" aria-labelledby="${id}-title ${id}-description"><title id="${id}-title">${title}</title><desc id="${id}-description">${description}</desc>${
    stamp === null ? null : stampText(stamp, width, height)
  }${content}</svg>
`;
}

function stampText(stamp: string, width: number, height: number): Markup {
  const [x, y] = [place(width * 0.55), place(height * 0.46)];
  return markup`<text class="stamp" x="${x}" y="${y}" transform="rotate(-24 ${x} ${y})">${stamp}</text>`;
}

/** A horizontal grid line with its label left of the area. */
export function rowTick(area: Area, y: number, label: string): Markup {
  return markup`<path class="grid" d="M${area.left} ${place(y)}h${area.width}"/><text class="tick" x="${area.left - 5}" y="${place(y + 3.5)}" text-anchor="end">${label}</text>`;
}

/** About half of a label's width for each of its characters. */
const halfCharacter = 3.4;

/** A vertical grid line with its label below the area; a label that would reach out of the area to either side moves in. */
export function columnTick(area: Area, x: number, label: string): Markup {
  const bottom = area.top + area.height;
  const half = label.length * halfCharacter;
  const labelX = Math.min(Math.max(x, area.left + half - 2), area.left + area.width + 8 - half);
  return markup`<path class="grid" d="M${place(x)} ${area.top}v${area.height}"/><text class="tick" x="${place(labelX)}" y="${bottom + 14}" text-anchor="middle">${label}</text>`;
}

/** The lines at the left and below. */
export function axes({ left, top, width, height }: Area): Markup {
  return markup`<path class="axis" d="M${left} ${top}v${height}h${width}"/>`;
}

/** What an axis shows, at the upper left of its area. */
export function areaName(area: Area, name: string): Markup {
  return markup`<text class="name" x="${area.left}" y="${area.top - 7}">${name}</text>`;
}

/** The bar of an interval. */
export function verticalBar(className: string, x: number, [from, to]: readonly [number, number]): Markup {
  return markup`<path class="bar ${className}" d="M${place(x)} ${place(from)}V${place(to)}"/>`;
}

/** The same along a row. */
export function horizontalBar(className: string, y: number, [from, to]: readonly [number, number]): Markup {
  return markup`<path class="bar ${className}" d="M${place(from)} ${place(y)}H${place(to)}"/>`;
}

/** How each environment looks in every figure: name, colour, mark and dash, so that none rests on colour alone. */
import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from "d3-shape";
import type { EnvironmentName } from "../../../infra/inventory.ts";
import { type Markup, markup } from "../markup.ts";

export interface EnvironmentStyle {
  /** As the paper names it. */
  readonly label: string;
  /** In words, for those who don't know the short name. */
  readonly meaning: string;
  /** Of a line, as `stroke-dasharray` takes it; null: solid. */
  readonly dash: string | null;
  readonly mark: SymbolType;
}

export const environmentStyles: Readonly<Record<EnvironmentName, EnvironmentStyle>> = {
  native: { label: "Native", meaning: "the host itself", dash: null, mark: symbolCircle },
  "vm-passthrough": {
    label: "VM-PT",
    meaning: "virtual machine with the whole adapter passed through",
    dash: "7 3",
    mark: symbolSquare,
  },
  "vm-sriov": {
    label: "VM-SR-IOV",
    meaning: "virtual machine with one SR-IOV virtual function",
    dash: "2 2.5",
    mark: symbolTriangle,
  },
  "container-passthrough": {
    label: "Container-PT",
    meaning: "container with the host's adapter",
    dash: "9 3 2 3",
    mark: symbolDiamond,
  },
  "container-sriov": {
    label: "Container-SR-IOV",
    meaning: "container with one SR-IOV virtual function",
    dash: "5 2 1 2 1 2",
    mark: symbolStar,
  },
  "vm-virtio": {
    label: "VM-virtio",
    meaning: "virtual machine with a paravirtual network device",
    dash: "1 3",
    mark: symbolWye,
  },
};

/** An environment's name for readers. */
export function labelOf(environment: EnvironmentName): string {
  return environmentStyles[environment].label;
}

/** The class that gives an element its environment's colour; the colours themselves are custom properties of the style sheet. */
export function colourClass(environment: EnvironmentName): string {
  return `environment-${environment}`;
}

/** Area of a mark in square units of the figure. */
const markArea = 34;

/** The outline of an environment's mark around the origin. */
function markPath(environment: EnvironmentName): string {
  return symbol(environmentStyles[environment].mark, markArea).digits(1)() ?? "";
}

/** A mark at a place. `hollow`: only its outline, over what lies below. */
export function markAt(
  environment: EnvironmentName,
  x: number,
  y: number,
  { hollow, told }: { readonly hollow: boolean; readonly told?: string },
): Markup {
  const title = told === undefined ? null : markup`<title>${told}</title>`;
  return markup`<path class="mark ${colourClass(environment)}${hollow ? " hollow" : ""}" transform="translate(${place(x)} ${place(y)})" d="${markPath(environment)}">${title}</path>`;
}

/** A coordinate with a tenth of a unit: finer than a screen shows, and the same text on every machine. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10 + 0);
}

/** The key of a figure: each environment's line, mark and name. */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import { type Markup, markup } from "../markup.ts";
import { colourClass, environmentStyles, markAt } from "./environment-style.ts";
import { dashOf } from "./size-panel.ts";

/** The environments as a list with samples. `lines`: whether the figure joins marks by lines. */
export function legend(environments: readonly EnvironmentName[], lines: boolean): Markup {
  const items = environments.map((environment) => {
    const curve = lines
      ? markup`<path class="curve ${colourClass(environment)}"${dashOf(environment)} d="M1 7h34"/>`
      : null;
    return markup`<li><svg class="sample" viewBox="0 0 36 14" aria-hidden="true">${curve}${markAt(environment, 18, 7, { hollow: false })}</svg>${environmentStyles[environment].label}</li>`;
  });
  return markup`<ul class="legend">${items}</ul>
`;
}

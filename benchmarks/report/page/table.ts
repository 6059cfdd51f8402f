/** Tables that scroll in their own box, so that the page never does sideways. */
import { type Content, type Markup, markup } from "../markup.ts";

export interface Column {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly number?: true;
}

/** A table with a caption. The first cell of a row is its head. `words`: cells hold sentences and may break anywhere. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  { words = false }: { readonly words?: boolean } = {},
): Markup {
  const classOf = (index: number): Markup | null =>
    columns[index]?.number === true ? markup` class="number"` : null;
  const head = columns.map(({ name }, index) => markup`<th scope="col"${classOf(index)}>${name}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, index) =>
      index === 0
        ? markup`<th scope="row"${classOf(index)}>${cell}</th>`
        : markup`<td${classOf(index)}>${cell}</td>`,
    );
    return markup`<tr>${cells}</tr>
`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${words ? markup` class="words"` : null}><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>
`;
}

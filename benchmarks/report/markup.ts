/** HTML and SVG as text. What is put into a template is escaped unless it is markup itself. */

/** Text that is markup already. Only `markup` and `trustedMarkup` make it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** What a template takes. Nothing is shown of null, false and undefined, so that a part may be left out in place. */
export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/** A template of markup: `${...}` is escaped, in an element's text and in a quoted attribute alike. */
export function markup(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = strings.flatMap((text, index) => [
    text,
    index < contents.length ? shown(contents[index]) : "",
  ]);
  return new Markup(parts.join(""));
}

/** Text of this project's own that is to stand in the page as it is, as a style sheet does. */
export function trustedMarkup(text: string): Markup {
  return new Markup(text);
}

function shown(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(shown).join("");
  return escaped(String(content));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters that no document may hold, as a raw log may, become the character for what can't be shown. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] as string)
    .replace(/[^\P{Cc}\t\n]/gu, "\u{FFFD}");
}

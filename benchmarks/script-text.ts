/** Scripts that are sent to nodes and guests as they lie in the checkout: whole, so that nothing has to be there before. */
import { readFileSync } from "node:fs";

/** Gives the text of a script by its name. @param moduleUrl `import.meta.url` of the module beside which the scripts lie */
export function scriptsBeside(moduleUrl: string): (name: string) => string {
  return (name) => readFileSync(new URL(name, moduleUrl), "utf8");
}

import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutDirectory } from "../paths.ts";
import { parseList, parseSources } from "./recipe.ts";

test("a list is one word a line, without comments and empty lines", () => {
  expect(parseList("# all\na\n\n  b \n#c\n")).toEqual(["a", "b"]);
});

test("sources name a C file of the checkout and its place in the images", () => {
  expect(parseSources("# C programs\nbenchmarks/x/y.c  /usr/bin/y\n")).toEqual([
    { source: join(checkoutDirectory, "benchmarks/x/y.c"), program: "/usr/bin/y" },
  ]);
  expect(() => parseSources("benchmarks/x/y.c y\n")).toThrow("must be SOURCE /usr/PATH");
  expect(() => parseSources("benchmarks/x/y.c\n")).toThrow("must be SOURCE /usr/PATH");
});

import { expect, test } from "vitest";
import { chooseEngine, type Official } from "./choice.ts";

const whole: Official = { version: "v3.260.1", hasLanguageHost: true, hasPlugins: true };

test.each(["3.259.0", "v3.259.0", "v3.259.1", "3.300.0", "v3.260.0-alpha.1"])(
  "takes pulumi %s",
  (version) => {
    expect(chooseEngine({ ...whole, version }).engine).toBe("official");
  },
);

test.each(["3.258.9", "v2.400.0", "4.0.0", "", "dev"])("does not take pulumi %j", (version) => {
  expect(chooseEngine({ ...whole, version })).toMatchObject({
    engine: "built",
    reason: expect.stringContaining("fitting version"),
  });
});

test.each([
  [undefined, "no pulumi is on the PATH"],
  [{ ...whole, hasLanguageHost: false }, "pulumi v3.260.1 has no pulumi-language-nodejs"],
  [{ ...whole, hasPlugins: false }, "pulumi v3.260.1 can't download the plugins from here"],
])("builds the engine, and says why: %j", (official, reason) => {
  expect(chooseEngine(official)).toEqual({ engine: "built", reason });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { difference, environmentOf, problems, shown } from "./rules.ts";
import { secret } from "./secrets.ts";

test("unchanged inputs need no run, whatever the command printed", () => {
  const anyInputs = fc.dictionary(
    fc.constantFrom("create", "stdin", "environment", "triggers"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(anyInputs, fc.string(), (inputs, stdout) => {
      expect(difference({ ...inputs, stdout, stderr: "" }, structuredClone(inputs))).toEqual({
        changes: false,
        replaces: [],
      });
    }),
  );
});

test("a changed, new or removed input needs a run", () => {
  const changed = { changes: true, replaces: [] };
  expect(difference({ create: "a" }, { create: "b" })).toEqual(changed);
  expect(difference({ create: "a" }, { create: "a", stdin: "x" })).toEqual(changed);
  expect(difference({ create: "a", dir: "/tmp" }, { create: "a" })).toEqual(changed);
});

test("a changed trigger replaces, unless there is a command for updates", () => {
  expect(difference({ triggers: [1] }, { triggers: [2] }).replaces).toEqual(["triggers"]);
  expect(difference({ triggers: [1] }, { triggers: [2], update: "u" })).toEqual({
    changes: true,
    replaces: [],
  });
});

test("a value that has become secret is no change of the value", () => {
  expect(difference({ stdin: "x" }, { stdin: secret("x") }).changes).toBe(false);
});

test("refuses what it does not offer, by name", () => {
  expect(problems({ create: "true", triggers: [], logging: "none" })).toEqual([]);
  expect(problems({ assetPaths: ["*"], logging: "loud" }).map(({ property }) => property)).toEqual([
    "assetPaths",
    "logging",
  ]);
});

test("hands the last output on, unless asked not to", () => {
  const previous = { stdout: "out", stderr: "err" };
  expect(environmentOf({}, previous)).toMatchObject({
    PULUMI_COMMAND_STDOUT: "out",
    PULUMI_COMMAND_STDERR: "err",
  });
  expect(environmentOf({ addPreviousOutputInEnv: false }, previous)).not.toHaveProperty(
    "PULUMI_COMMAND_STDOUT",
  );
  expect(environmentOf({ environment: { A: "1" } }, undefined)).toMatchObject({ A: "1" });
});

test("shows both streams unless told otherwise", () => {
  expect(shown(undefined)).toEqual({ stdout: true, stderr: true });
  expect(shown("stderr")).toEqual({ stdout: false, stderr: true });
  expect(shown("none")).toEqual({ stdout: false, stderr: false });
});

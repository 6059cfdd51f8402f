import { expect, test } from "vitest";
import { holdsSecret, reveal, secret } from "./secrets.ts";

test("lays secrets open at any depth", () => {
  const hidden = { a: secret({ b: secret("x") }), c: [secret(1), 2] };
  expect(reveal(hidden)).toEqual({ a: { b: "x" }, c: [1, 2] });
  expect(holdsSecret(hidden)).toBe(true);
  expect(holdsSecret(reveal(hidden))).toBe(false);
});

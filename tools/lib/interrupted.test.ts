import { expect, test } from "vitest";
import { allStale, parseLock, pendingOperations, withoutPending } from "./interrupted.ts";

const lock = { pid: 42, hostname: "here" };
const nothingRuns = () => false;

test("reads a lock, and no half-written one", () => {
  expect(
    parseLock('{"pid":42,"username":"root","hostname":"here","timestamp":"2026-01-01T00:00:00Z"}'),
  ).toEqual(lock);
  expect(parseLock('{"pid":42,"user')).toBeUndefined();
  expect(parseLock("{}")).toBeUndefined();
});

test("a lock is stale only when its Pulumi is known to be gone", () => {
  expect(allStale([lock], "here", nothingRuns)).toBe(true);
  expect(allStale([], "here", nothingRuns)).toBe(false);
  expect(allStale([lock], "elsewhere", nothingRuns)).toBe(false);
  expect(allStale([lock, { pid: 43, hostname: "here" }], "here", (pid) => pid === 43)).toBe(false);
  expect(allStale([lock, undefined], "here", nothingRuns)).toBe(false);
});

test("pending operations are found and taken out, and nothing else is", () => {
  const stack = {
    version: 3,
    deployment: {
      resources: [{ urn: "urn:a", type: "a" }],
      pending_operations: [{ type: "creating", resource: { urn: "urn:b", type: "b" } }],
    },
  };
  expect(pendingOperations(stack)).toEqual([{ type: "creating", urn: "urn:b" }]);
  expect(withoutPending(stack)).toEqual({
    version: 3,
    deployment: { resources: [{ urn: "urn:a", type: "a" }] },
  });
  expect(pendingOperations({})).toEqual([]);
});

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Longest time for a step: a page with hundreds of drawings on a busy machine. */
const stepTimeoutMs = 10 * 60_000;

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/browser/**/*.browser.ts"],
    fileParallelism: false,
    testTimeout: stepTimeoutMs,
    hookTimeout: stepTimeoutMs,
  },
});

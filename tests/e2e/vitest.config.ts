import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Longest time for one step: a whole `npm run up` on two cores with an empty image cache. */
const stepTimeoutMs = 30 * 60_000;

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/e2e/**/*.e2e.ts"],
    fileParallelism: false,
    testTimeout: stepTimeoutMs,
    hookTimeout: stepTimeoutMs,
  },
});

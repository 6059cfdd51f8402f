import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The first run installs pandas, and the engine starts several times. */
const timeoutMs = 10 * 60_000;

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/consumers/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
});

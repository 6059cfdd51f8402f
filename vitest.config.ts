import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "infra/**/*.test.ts",
      "benchmarks/**/*.test.ts",
      "tools/**/*.test.ts",
      "tests/unit/**/*.test.ts",
    ],
    testTimeout: 20_000,
  },
});

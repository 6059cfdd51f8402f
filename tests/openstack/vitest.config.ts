import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Longest time for one step: a cold start of the cloud on a machine that does much else. */
const stepTimeoutMs = 20 * 60_000;

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/openstack/**/*.cloud.ts"],
    globalSetup: "tests/openstack/cloud-running.ts",
    fileParallelism: false,
    testTimeout: stepTimeoutMs,
    hookTimeout: stepTimeoutMs,
  },
});

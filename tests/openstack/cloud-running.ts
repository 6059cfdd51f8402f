/** Keeps the small OpenStack up while the tests run. */
import { execa } from "execa";
import { checkoutDirectory } from "../../infra/paths.ts";

async function cloud(program: "start" | "stop"): Promise<void> {
  // Its services hold on to the streams that they are given, so these are the terminal's own and never pipes.
  await execa(`tests/openstack/cloud/${program}`, {
    cwd: checkoutDirectory,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
}

/** Starts it, and returns what ends it. With TESTBED_KEEP_CLOUD one that runs is used, and none is ended. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.TESTBED_KEEP_CLOUD !== undefined) return () => Promise.resolve();
  process.stderr.write("openstack: starting (a minute; several where its databases are still to be made)\n");
  await cloud("start");
  return () => cloud("stop");
}

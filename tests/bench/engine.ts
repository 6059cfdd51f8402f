/** The deployment engine with the environment of tools/env, which is read once so that it is in no measurement. */
import { execa } from "execa";
import { checkoutDirectory } from "../../infra/paths.ts";
import { stack } from "../e2e/program.ts";

export type Variables = Readonly<Record<string, string>>;

/** The variables of a shell after `. tools/env`. */
export async function engineVariables(): Promise<Variables> {
  const { stdout } = await execa("bash", ["-c", ". tools/env && env -0"], {
    cwd: checkoutDirectory,
    stdin: "ignore",
    stderr: "inherit",
  });
  return Object.fromEntries(
    stdout
      .split("\0")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** Runs pulumi in a folder. Throws with what it said when it fails. */
export async function pulumi(
  variables: Variables,
  folder: string,
  words: readonly string[],
): Promise<{ stdout: string; seconds: number }> {
  const begun = performance.now();
  const result = await execa("pulumi", [...words, "--non-interactive"], {
    cwd: folder,
    env: variables,
    reject: false,
    stdin: "ignore",
  });
  if (result.failed) {
    // Diagnostics are the last of what pulumi prints, on either stream.
    const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-20).join("\n");
    throw new Error(`pulumi ${words[0]} failed; its last lines were:\n${said}`);
  }
  return { stdout: result.stdout, seconds: (performance.now() - begun) / 1000 };
}

/** Text of the stack's inventory; undefined where nothing is deployed to its end. */
export async function deployedInventory(variables: Variables): Promise<string | undefined> {
  const { stdout } = await pulumi(variables, checkoutDirectory, ["stack", "output", "--json", "-s", stack]);
  const outputs = JSON.parse(stdout) as { inventory?: unknown; results?: unknown };
  // The results are the last output: without them a deployment is under way, or ended before its time.
  return outputs.results === undefined ? undefined : JSON.stringify(outputs.inventory);
}

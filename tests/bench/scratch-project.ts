/** A Pulumi project in a folder of its own, whose program is in the checkout: its stacks and their settings are seen nowhere else. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { checkoutDirectory, projectName } from "../../infra/paths.ts";
import { pulumi, type Variables } from "./engine.ts";

export interface ScratchProject {
  readonly folder: string;
  /** What pulumi needs of the environment to find the stack. */
  readonly variables: Variables;
  /** Runs pulumi on the project's only stack. */
  readonly run: (words: readonly string[]) => ReturnType<typeof pulumi>;
  readonly remove: () => void;
}

/**
 * Makes a project with one stack.
 * @param main the program, from the checkout's top folder
 * @param config of the project's namespace
 * @param stack its name
 */
export async function scratchProject(
  variables: Variables,
  main: string,
  config: Readonly<Record<string, unknown>>,
  stack = "bench",
): Promise<ScratchProject> {
  const parent = join(checkoutDirectory, ".testbed");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "bench-"));
  for (const name of ["infra", "benchmarks", "tests", "node_modules", "package.json"]) {
    symlinkSync(join(checkoutDirectory, name), join(folder, name));
  }
  const project = {
    name: projectName,
    runtime: { name: "nodejs", options: { typescript: false } },
    main,
    plugins: { providers: [{ name: "testbed", path: "infra/provider" }] },
  };
  writeFileSync(join(folder, "Pulumi.yaml"), stringify(project));
  const values = Object.entries(config).map(([key, value]) => [`${projectName}:${key}`, value]);
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify({ config: Object.fromEntries(values) }));
  mkdirSync(join(folder, "state"));
  const own = { ...variables, PULUMI_BACKEND_URL: `file://${folder}/state`, PULUMI_CONFIG_PASSPHRASE: "" };
  const run = (words: readonly string[]) => pulumi(own, folder, words);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await run(["stack", "init", stack]);
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, variables: own, run: (words) => run([...words, "-s", stack]), remove };
}

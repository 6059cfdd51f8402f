/** A stack on the small OpenStack, deployed as a user does it, with every word kept that was said meanwhile. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { parseDocument } from "yaml";
import * as z from "zod";
import { connectionSchema } from "../../infra/inventory.ts";
import { checkoutDirectory, projectName } from "../../infra/paths.ts";
import { engineVariables } from "../bench/engine.ts";
import { type ScratchProject, scratchProject } from "../bench/scratch-project.ts";
import { cloudsFile } from "./project.ts";

/** What the program of the stack hands out. */
const outputsSchema = z.strictObject({
  lease: z.strictObject({ endsAt: z.iso.datetime(), site: z.string(), nodeType: z.string() }),
  nodes: z.array(z.strictObject({ name: z.string(), connection: connectionSchema, generation: z.string() })),
});
export type Outputs = z.infer<typeof outputsSchema>;

/** How a command ended, with both of its streams. */
export interface Said {
  readonly exitCode: number | undefined;
  readonly text: string;
}

export class Deployment {
  readonly stack: string;
  /** Everything that commands have printed. */
  readonly transcript: string[] = [];
  readonly #project: ScratchProject;

  private constructor(stack: string, project: ScratchProject) {
    this.stack = stack;
    this.#project = project;
  }

  /** Makes a stack with its state in a folder of its own. */
  static async create(stack: string, nodes: Readonly<Record<string, unknown>>): Promise<Deployment> {
    const variables = { ...(await engineVariables()), OS_CLIENT_CONFIG_FILE: cloudsFile };
    const suite = { benchmarks: ["ib_send_lat"], sizesBytes: [8], launches: 1, iterations: 100 };
    const config = { nodes, suite, environments: ["native"] };
    return new Deployment(
      stack,
      await scratchProject(variables, "tests/openstack/leased-nodes.ts", config, stack),
    );
  }

  /** Runs pulumi on the stack; what it says goes to the terminal as well. */
  pulumi(...words: string[]): Promise<Said> {
    return this.#run("pulumi", [...words, "--non-interactive", "-s", this.stack], this.#project.folder);
  }

  /** Runs `testbed`, as a user does who has lost the state. */
  testbed(...words: string[]): Promise<Said> {
    return this.#run("tools/testbed/testbed", words, checkoutDirectory);
  }

  /** Changes one setting of the nodes in the stack's file, as a user does it with an editor. */
  configure(setting: string, value: string | number): void {
    const path = join(this.#project.folder, `Pulumi.${this.stack}.yaml`);
    const document = parseDocument(readFileSync(path, "utf8"));
    document.setIn(["config", `${projectName}:nodes`, setting], value);
    writeFileSync(path, document.toString());
  }

  async outputs(): Promise<Outputs> {
    const { stdout } = await this.#project.run(["stack", "output", "--json", "--show-secrets"]);
    this.transcript.push(stdout);
    return outputsSchema.parse(JSON.parse(stdout));
  }

  /** The stack's whole state, as its file has it. */
  async state(): Promise<string> {
    return (await this.#project.run(["stack", "export"])).stdout;
  }

  /**
   * Starts `pulumi up`, kills it with everything that it has started when the cloud shows something, and settles that as
   * `npm run up` does before anything else.
   */
  async killedUp(isDue: () => Promise<boolean>): Promise<void> {
    const up = execa("pulumi", ["up", "--yes", "--non-interactive", "-s", this.stack], {
      cwd: this.#project.folder,
      env: this.#project.variables,
      detached: true,
      reject: false,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    let hasEnded = false;
    up.finally(() => {
      hasEnded = true;
    });
    while (!(await isDue())) {
      if (hasEnded) throw new Error("up ended before it could be killed");
      await sleep(200);
    }
    process.kill(-(up.pid ?? 0), "SIGKILL");
    await up;
    const settled = await this.#run("node", ["tools/lib/settle.ts", this.stack, "up"], checkoutDirectory);
    if (settled.exitCode !== 0) throw new Error(settled.text);
  }

  /** Loses the state, and everything else that is known of the stack here. */
  loseState(): void {
    this.#project.remove();
  }

  async #run(program: string, words: readonly string[], cwd: string): Promise<Said> {
    process.stderr.write(`\n$ ${program} ${words.join(" ")}\n`);
    const result = await execa(program, words, {
      cwd,
      env: this.#project.variables,
      reject: false,
      stdin: "ignore",
      all: true,
      stdout: ["pipe", process.stderr],
      stderr: ["pipe", process.stderr],
      maxBuffer: 256 * 1024 * 1024,
    });
    this.transcript.push(result.all);
    return { exitCode: result.exitCode, text: result.all };
  }
}

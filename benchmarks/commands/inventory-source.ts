/** Where a command has its inventory from: a file, standard input, or the outputs of a stack. */
import { join } from "node:path";
import { execa } from "execa";
import { type Inventory, inventorySchema } from "../../infra/inventory.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { parseJson, UserError } from "../input.ts";
import { readNamedFile } from "./files.ts";

/** Name of the stack that commands mean when none is named. */
export const defaultStack = "emulated";

export interface InventoryOptions {
  /** Absent: the stack's output. `-`: standard input. */
  readonly inventory?: string;
  readonly stack: string;
}

/** Asks Pulumi for the output `inventory` of a stack: its status, and what it printed. */
export type StackReader = (
  stack: string,
) => Promise<{ readonly exitCode: number | undefined; readonly stdout: string; readonly stderr: string }>;

const readStackOutput: StackReader = async (stack) => {
  const words = ["stack", "output", "inventory", "--json", "-s", stack];
  const { exitCode, stdout, stderr } = await execa(join(checkoutDirectory, "tools", "pulumi"), words, {
    cwd: checkoutDirectory,
    reject: false,
    stdin: "ignore",
  });
  return { exitCode, stdout, stderr };
};

/** Reads the inventory. Throws UserError with one sentence when there is none. */
export async function readInventory(
  options: InventoryOptions,
  readStack: StackReader = readStackOutput,
): Promise<Inventory> {
  if (options.inventory !== undefined) {
    return parseJson(inventorySchema, readNamedFile(options.inventory, "the inventory"), "the inventory");
  }
  const { exitCode, stdout, stderr } = await readStack(options.stack);
  if (exitCode !== 0) {
    const said =
      stderr
        .trim()
        .split("\n")
        .at(-1)
        ?.replace(/^error: /, "") ?? "";
    throw new UserError(
      `stack "${options.stack}" has no inventory${said === "" ? "" : ` (pulumi said: ${said})`}; deploy it with tools/up, or name a file with --inventory`,
    );
  }
  return parseJson(inventorySchema, stdout, `the inventory of stack "${options.stack}"`);
}

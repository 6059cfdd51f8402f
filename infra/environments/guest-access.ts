/**
 * Makes a node reach its guests, or takes that away with what they leave behind: key, ssh configuration and the program `in-guest`.
 * Run as `guest-access.ts install|remove` with the request as JSON in TESTBED_REQUEST; prints what guestAccessSchema says.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { connectionSchema } from "../inventory.ts";
import { RemoteError } from "../remote/remote.ts";
import { SshRemote } from "../remote/ssh.ts";
import { reachedGuestSchema, renderInstallation } from "./guest-access-files.ts";
import { accessDirectory, guestSocketDirectory } from "./guest-places.ts";

const requestSchema = z.strictObject({
  stack: z.string(),
  nodeName: z.string(),
  connection: connectionSchema,
  socketDirectory: z.string(),
  privateKey: z.string().describe("that the guests' root is reached with"),
  guests: z.array(reachedGuestSchema),
  leftovers: z
    .array(z.string())
    .describe("files on the node that outlive the guests, and are removed after them"),
});
export type GuestAccessRequest = z.infer<typeof requestSchema>;

/** The node does not do what it was asked. */
class AccessError extends Error {}

/** Milliseconds for a few small files, or for connections that are closed; slow only where the node is. */
const nodeTimeoutMs = 120_000;

const onNode = (name: string): string => readFileSync(join(import.meta.dirname, "on-node", name), "utf8");

async function main(verb: string | undefined): Promise<void> {
  const request = requestSchema.parse(JSON.parse(process.env.TESTBED_REQUEST ?? "null"));
  const { stack, guests } = request;
  const remote = new SshRemote(request.nodeName, request.connection, request.socketDirectory);
  const run = async (words: readonly string[], input = ""): Promise<string> => {
    const result = await remote.run(words, { input, timeoutMs: nodeTimeoutMs });
    if (result.exitCode !== 0) {
      const said = result.stderr.trim().split("\n").at(-1) || `exit status ${result.exitCode ?? "none"}`;
      throw new AccessError(`The way to the guests of ${remote.description} can't be set up: ${said}`);
    }
    return result.stdout;
  };
  const elevation = (await run(["id", "-u"])).trim() === "0" ? [] : ["sudo", "-n", "--"];
  // The script as a word, since its standard input has what is secret.
  const runScript = (name: string, words: readonly string[], input?: string) =>
    run([...elevation, "sh", "-c", onNode(name), name, ...words], input);
  switch (verb) {
    case "install":
      await runScript(
        "install-access.sh",
        [accessDirectory(stack)],
        renderInstallation(stack, guests, request.privateKey, onNode("in-guest.sh")),
      );
      process.stdout.write(`${JSON.stringify({ elevation })}\n`);
      return;
    case "remove":
      await runScript("remove-access.sh", [
        accessDirectory(stack),
        guestSocketDirectory(stack),
        ...guests.map(({ name }) => name),
      ]);
      await run([...elevation, "rm", "-f", "--", ...request.leftovers]);
      return;
    default:
      throw new AccessError(`usage: guest-access.ts install|remove, not "${verb ?? ""}"`);
  }
}

try {
  await main(process.argv[2]);
} catch (error) {
  if (!(error instanceof AccessError || error instanceof RemoteError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

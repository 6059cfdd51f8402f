/** Everything here needs root on a node; whoever logs in as somebody else becomes root by sudo. */
import type { Connection } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { ActivationError } from "./activation.ts";

const questionTimeoutMs = 60_000;
/** The variable tells over which address the node is reached. */
const sudoWords = ["sudo", "-n", "--preserve-env=SSH_CONNECTION", "--"];

/**
 * The same node with root's rights. A connection that says root is believed, which saves a question. Throws ActivationError
 * when sudo wants a password.
 */
export async function asRoot(remote: Remote, connection: Connection): Promise<Remote> {
  if (connection.user === "root") return remote;
  const ask = (words: readonly string[]) =>
    remote.run([...words, "id", "-u"], { timeoutMs: questionTimeoutMs });
  if ((await ask([])).stdout.trim() === "0") return remote;
  if ((await ask(sudoWords)).stdout.trim() !== "0") {
    throw new ActivationError(
      `${remote.description} is not reached as root, and sudo there wants a password or refuses; ` +
        "log in as root or allow the user all commands without a password",
    );
  }
  return {
    description: remote.description,
    run: (command, options) => remote.run([...sudoWords, ...command], options),
    script: (text, words = [], options = {}) =>
      remote.run([...sudoWords, "sh", "-s", "--", ...words], { ...options, input: text }),
  };
}

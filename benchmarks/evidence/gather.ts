/** Collects the evidence of one placement: the environment is asked from inside, the node from outside. */
import type { EnvironmentKind, InventoryNode, Placement } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { asRoot } from "../activation/elevation.ts";
import { scriptsBeside } from "../script-text.ts";
import type { NodeEvidence } from "./evidence.ts";
import { type EnvironmentReport, parseEnvironment, parseNode } from "./parse.ts";

const scriptText = scriptsBeside(import.meta.url);
const environmentScript = scriptText("environment.sh");
const nodeScript = scriptText("node.sh");
/** Guests on emulated nodes need a second a process. */
const timeoutMs = 180_000;
/** Stands for an argument that the environment has no use of. */
const none = "-";

/**
 * Runs environment.sh in a placement.
 * @param programs to be found and digested, names or absolute paths with the source that each is from; none: only what an
 * activation changes is wanted, in less time
 * @throws RemoteError when the node can't be reached, Error when no command runs in the environment
 */
export async function gatherEnvironment(
  remote: Remote,
  placement: Placement,
  programs: ReadonlyMap<string, string | null>,
): Promise<EnvironmentReport> {
  const words = [placement.rdmaDevice, String(placement.rdmaPort), ...programs.keys()];
  const result = await remote.run([...placement.commandPrefix, "sh", "-s", "--", ...words], {
    input: environmentScript,
    timeoutMs,
  });
  if (result.exitCode !== 0) {
    const said = result.stderr.trim().split("\n").at(-1) ?? "";
    throw new Error(`no command runs there${said === "" ? "" : ` (${said})`}`);
  }
  return parseEnvironment(result.stdout, placement, programs);
}

/** Runs node.sh on the node of a placement. Throws RemoteError when the node can't be reached. */
export async function gatherNode(
  remote: Remote,
  node: InventoryNode,
  placement: Placement,
  kind: EnvironmentKind,
): Promise<NodeEvidence> {
  const domain = node.guests.find(({ name }) => name === placement.guest)?.domain;
  // Only libvirt asks for root.
  const asker = domain === undefined ? remote : await asRoot(remote, node.connection);
  const result = await asker.script(
    nodeScript,
    [
      node.adapter.pciAddress,
      placement.virtualFunction === undefined ? none : String(placement.virtualFunction),
      (kind === "container" ? placement.commandPrefix[0] : undefined) ?? none,
      domain ?? none,
    ],
    { timeoutMs },
  );
  return parseNode(result.exitCode === 0 ? result.stdout : "");
}

/**
 * Settles what an interrupted run has left of a stack, so that `pulumi up` and `pulumi destroy` can go on.
 * Usage: node tools/lib/settle.ts STACK up|destroy
 */
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { parse } from "yaml";
import { CloudError } from "../../infra/openstack/cloud-error.ts";
import { CredentialsError, readCredentials } from "../../infra/openstack/credentials.ts";
import { removeLeftovers } from "../../infra/openstack/remove-leftovers.ts";
import { CloudSession } from "../../infra/openstack/session.ts";
import { fetchTransport, retryingTransport } from "../../infra/openstack/transport.ts";
import { cloudOf, orphanTest } from "./cloud-orphans.ts";
import { SetupFailure } from "./failure.ts";
import { machines, withoutGone } from "./gone.ts";
import { allStale, type ExportedStack, parseLock, pendingOperations, withoutPending } from "./interrupted.ts";
import { type Leftover, leftovers } from "./leftovers.ts";
import { virshCommand } from "./virsh.ts";

const VIRSH_TIMEOUT_MS = 30_000;
const HELD_ATTEMPTS = 8;
const HELD_PAUSE_MS = 3000;
const ROOT = join(import.meta.dirname, "../..");

/** Whether a process of this host is a Pulumi; process numbers are used again. */
function runsPulumi(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "pulumi";
  } catch {
    return false;
  }
}

/** Takes away the locks of Pulumis that are gone. Only a file backend has such locks. */
async function unlock(stack: string): Promise<void> {
  const backend = process.env.PULUMI_BACKEND_URL ?? "";
  if (!backend.startsWith("file://")) return;
  const { name } = parse(await readFile(join(ROOT, "Pulumi.yaml"), "utf8")) as { name: string };
  const folder = join(backend.slice("file://".length), ".pulumi/locks/organization", name, stack);
  if (!existsSync(folder)) return;
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const locks = await Promise.all(
    files.map(async (file) => parseLock(await readFile(join(folder, file), "utf8"))),
  );
  if (locks.length === 0) return;
  if (!allStale(locks, hostname(), runsPulumi)) {
    const holders = locks.map((lock) =>
      lock === undefined ? "another pulumi" : `process ${lock.pid} on ${lock.hostname}`,
    );
    throw new SetupFailure(
      `${holders.join(", ")} works on the stack ${stack} just now; wait for its end, then try again`,
    );
  }
  console.error(`settle: the last pulumi was killed; taking away its lock on the stack ${stack}`);
  await execa("pulumi", ["cancel", "--yes", stack], { cwd: ROOT });
}

async function exportState(stack: string): Promise<ExportedStack> {
  const exported = await execa("pulumi", ["stack", "export", "--stack", stack], { cwd: ROOT });
  return JSON.parse(exported.stdout) as ExportedStack;
}

async function importState(stack: string, state: ExportedStack): Promise<void> {
  const input = JSON.stringify(state);
  await execa("pulumi", ["stack", "import", "--stack", stack], { cwd: ROOT, input });
}

/** Takes operations out of the state of which nobody knows how they ended. */
async function forgetPending(stack: string, state: ExportedStack): Promise<ExportedStack> {
  const pending = pendingOperations(state);
  if (pending.length === 0) return state;
  for (const { type, urn } of pending) {
    console.error(`settle: the last pulumi was killed while ${type} ${urn.split("::").slice(2).join(" ")}`);
  }
  for (const leftover of leftovers(state)) await remove(leftover);
  await removeOrphans(stack, state);
  const settled = withoutPending(state);
  await importState(stack, settled);
  return settled;
}

/** Removes what a killed run has made on a cloud. */
async function removeOrphans(stack: string, state: ExportedStack): Promise<void> {
  const cloud = cloudOf(state);
  if (cloud === undefined) return;
  try {
    const session = new CloudSession(readCredentials(cloud.name), retryingTransport(fetchTransport));
    const isOrphan = orphanTest(state, purpose === "destroy");
    const { left, refusal } = await removeLeftovers(session, stack, isOrphan, ({ kind, name }) =>
      console.error(`settle: deleting the ${kind} ${name}, which is not in the state`),
    );
    if (left.length > 0) console.error(`settle: ${left.length} of them are still there; ${refusal ?? ""}`);
  } catch (error) {
    if (!(error instanceof CloudError || error instanceof CredentialsError)) throw error;
    throw new SetupFailure(error.message);
  }
}

/** Takes machines out of the state that somebody has removed by hand, with all that was on them. */
async function forgetGone(stack: string, state: ExportedStack): Promise<void> {
  const gone = new Set<string>();
  for (const { urn, id, uri } of machines(state)) {
    const virsh = await askVirsh(uri, ["list", "--all", "--uuid"]);
    // A libvirt that does not answer says nothing of its machines.
    if (virsh.exitCode !== 0 || virsh.stdout.split("\n").includes(id)) continue;
    console.error(`settle: the machine ${urn.split("::").at(-1)} is gone, and what was on it`);
    gone.add(urn);
  }
  if (gone.size > 0) await importState(stack, withoutGone(state, gone));
}

async function askVirsh(uri: string, words: readonly string[]) {
  const [program, ...rest] = virshCommand(uri, words);
  return execa(program, rest, { stdin: "ignore", timeout: VIRSH_TIMEOUT_MS, reject: false });
}

/** Removes what a killed run may have made; what is not there needs no removal. */
async function remove({ uri, commands }: Leftover): Promise<void> {
  for (const command of commands) {
    for (let attempt = 1; ; attempt++) {
      const virsh = await askVirsh(uri, command);
      if (virsh.exitCode === 0) {
        console.error(`settle: virsh ${command.join(" ")}`);
        break;
      }
      // A plugin outlives its Pulumi for some seconds, and holds what it is just making.
      const isHeld = virsh.stderr.includes("being") || virsh.stderr.includes("in use");
      if (!isHeld || attempt === HELD_ATTEMPTS) break;
      await sleep(HELD_PAUSE_MS);
    }
  }
}

const [stack, purpose] = process.argv.slice(2);
if (stack === undefined || (purpose !== "up" && purpose !== "destroy")) {
  throw new Error("usage: settle.ts STACK up|destroy");
}
try {
  await unlock(stack);
  await forgetGone(stack, await forgetPending(stack, await exportState(stack)));
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  console.error(`settle: ${error.message}`);
  process.exitCode = 1;
}

/**
 * Which libvirt a stack of emulated nodes uses: the machine's own when it runs, else a private libvirtd of the stack. Everything of the
 * private one lies in `<stack folder>/libvirt` and its sockets folder; the system's libvirt files are neither read nor changed.
 * Run as `node infra/emulation/libvirtd.ts start|resume|stop|status STACK`: prints one JSON document (LibvirtStatus).
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { processStartTime, withLock } from "../images/lock.ts";
import { searchPath } from "../programs.ts";
import {
  currentBootId,
  isAlive,
  isLibvirtGone,
  type LibvirtStatus,
  type ProcessRecord,
  places,
  readRecord,
  systemUri,
} from "./libvirt-status.ts";

const logDirectory = "/var/log/libvirt/qemu";
/** Milliseconds in which libvirtd must answer; its first start probes QEMU (8 s on two busy cores). */
const startLimitMs = 60_000;
/** Milliseconds in which libvirtd must end after SIGTERM, before SIGKILL. */
const stopLimitMs = 15_000;
const environment = { ...process.env, PATH: searchPath(), LC_ALL: "C.UTF-8" };

/** Configuration files of the private libvirtd, by their name below `etc`. Pure. */
export function privateConfiguration(sockets: string): Record<string, string> {
  return {
    "libvirtd.conf": [
      `unix_sock_dir = "${sockets}"`,
      'unix_sock_rw_perms = "0700"',
      'unix_sock_ro_perms = "0700"',
      'auth_unix_rw = "none"',
      'log_outputs = "3:file:/var/log/libvirt/libvirtd.log"',
      "",
    ].join("\n"),
    // Without virtlogd, and on machines whose cgroups and security modules are not libvirt's to manage.
    "qemu.conf": [
      'security_driver = "none"',
      'stdio_handler = "file"',
      "namespaces = []",
      "cgroup_controllers = []",
      "",
    ].join("\n"),
  };
}

async function virsh(uri: string, words: readonly string[]): Promise<string | null> {
  const result = await execa("virsh", ["--quiet", "-c", uri, ...words], {
    env: environment,
    reject: false,
    stdin: "ignore",
    timeout: startLimitMs,
  });
  return result.failed ? null : result.stdout;
}

/** The stack's libvirt as it is now. */
export async function libvirtStatus(stack: string): Promise<LibvirtStatus> {
  const { files, record: recordPath, uri } = places(stack);
  const poolDirectory = `/var/lib/libvirt/images/testbed-${stack}`;
  const record = readRecord(recordPath);
  if (record !== null && isAlive(record)) {
    return { uri, private: true, pid: record.pid, poolDirectory, logDirectory, filesDirectory: files };
  }
  // A stack that began on a private libvirtd has its definitions there.
  const usesSystem = !existsSync(files) && (await virsh(systemUri, ["uri"])) !== null;
  return {
    uri: usesSystem ? systemUri : null,
    private: !usesSystem,
    pid: null,
    poolDirectory,
    logDirectory,
    filesDirectory: usesSystem ? null : files,
  };
}

async function launch(stack: string): Promise<void> {
  const { files, sockets, record: recordPath, uri } = places(stack);
  const missing = ["libvirtd", "virsh", "unshare", "qemu-system-x86_64"].filter(
    (program) => !environment.PATH.split(":").some((folder) => existsSync(join(folder, program))),
  );
  if (missing.length > 0) {
    throw new Error(
      `emulated nodes need ${missing.join(", ")}: apt-get install libvirt-daemon-system libvirt-clients qemu-system-x86`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      "emulated nodes need libvirt: start the system's (systemctl start libvirtd) and join the group libvirt, or run as root to use a private one",
    );
  }
  // What libvirtd keeps of running guests there is of an earlier boot or of a libvirtd that has gone with its guests.
  const old = readRecord(recordPath);
  if (old !== null && old.bootId !== currentBootId()) {
    await rm(join(files, "run"), { recursive: true, force: true });
  }
  for (const folder of ["etc", "run", "lib/images", "log/qemu", "cache"]) {
    await mkdir(join(files, folder), { recursive: true });
  }
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(privateConfiguration(sockets))) {
    await writeFile(join(files, "etc", name), text);
  }
  const script = join(dirname(fileURLToPath(import.meta.url)), "private-libvirtd.sh");
  const output = join(files, "log", "start.log");
  const log = await open(output, "w");
  // Not execa: a daemon must outlive this process and not keep it waiting.
  const child = spawn("unshare", ["--mount", "--propagation", "private", "sh", script, files], {
    env: environment,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  child.unref();
  await log.close();
  const pid = child.pid;
  const startTime = pid === undefined ? null : processStartTime(pid);
  if (pid !== undefined && startTime !== null) {
    const record: ProcessRecord = { pid, startTime, bootId: currentBootId() };
    await writeFile(recordPath, JSON.stringify(record));
  }
  const until = Date.now() + startLimitMs;
  while (Date.now() < until && pid !== undefined && processStartTime(pid) === startTime) {
    if ((await virsh(uri, ["uri"])) !== null) return;
    await sleep(200);
  }
  const said = (await readFile(output, "utf8")).trim().split("\n").at(-1) ?? "";
  await stopPrivate(stack);
  throw new Error(`the private libvirtd did not start: ${said} (more in ${join(files, "log")})`);
}

/** Makes the stack's libvirt run; gives the running one when there is one. */
export async function startLibvirt(stack: string): Promise<LibvirtStatus> {
  return withLock(places(stack).lock, noteWait, async () => {
    const found = await libvirtStatus(stack);
    if (found.uri !== null) return found;
    await launch(stack);
    return libvirtStatus(stack);
  });
}

/** Starts the stack's private libvirtd again if it has one that is gone, as after a restart of this machine. */
export async function resumeLibvirt(stack: string): Promise<LibvirtStatus> {
  return isLibvirtGone(stack) ? startLibvirt(stack) : libvirtStatus(stack);
}

function noteWait(pid: number): void {
  process.stderr.write(`waiting for process ${pid}, which starts or stops the stack's libvirt\n`);
}

async function stopPrivate(stack: string): Promise<void> {
  const { files, sockets, record: recordPath, uri } = places(stack);
  const record = readRecord(recordPath);
  if (record !== null && isAlive(record)) {
    // QEMU processes outlive libvirtd: those that a broken destroy left are ended by their own libvirt.
    const domains = (await virsh(uri, ["list", "--name"])) ?? "";
    for (const name of domains.split("\n").filter((line) => line !== "")) await virsh(uri, ["destroy", name]);
    const networks = (await virsh(uri, ["net-list", "--name"])) ?? "";
    for (const name of networks.split("\n").map((line) => line.trim())) {
      if (name !== "") await virsh(uri, ["net-destroy", name]);
    }
    const until = Date.now() + stopLimitMs;
    process.kill(record.pid, "SIGTERM");
    while (isAlive(record) && Date.now() < until) await sleep(100);
    if (isAlive(record)) process.kill(record.pid, "SIGKILL");
  }
  await rm(sockets, { recursive: true, force: true });
  await rm(files, { recursive: true, force: true });
}

/** Stops and removes the stack's private libvirtd with all that it still runs. A system libvirt is left alone. */
export async function stopLibvirt(stack: string): Promise<LibvirtStatus> {
  return withLock(places(stack).lock, noteWait, async () => {
    await stopPrivate(stack);
    return libvirtStatus(stack);
  });
}

if (import.meta.main) {
  const [command, stack = process.env.TESTBED_STACK] = process.argv.slice(2);
  const commands = { start: startLibvirt, resume: resumeLibvirt, stop: stopLibvirt, status: libvirtStatus };
  try {
    if (command === undefined || stack === undefined || !Object.hasOwn(commands, command)) {
      throw new Error("usage: node infra/emulation/libvirtd.ts start|resume|stop|status STACK");
    }
    const status = await commands[command as keyof typeof commands](stack);
    process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

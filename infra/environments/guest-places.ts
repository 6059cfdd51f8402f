/** Where things of guests lie on their node. */
import { projectName } from "../paths.ts";

/** Folder of the keys and words by which a node reaches its guests; root's alone. */
export function accessDirectory(stack: string): string {
  return `/var/lib/${projectName}/${stack}/guests`;
}

/** Folder of the sockets of connections to guests that several commands share. Gone after a reboot. */
export function guestSocketDirectory(stack: string): string {
  return `/run/${projectName}/${stack}`;
}

/** The program that runs a command in a guest: `in-guest NAME WORD...`. */
export function inGuestProgram(stack: string): string {
  return `${accessDirectory(stack)}/in-guest`;
}

/** Folder of the pool that the guests' disks are in. */
export function guestPoolDirectory(stack: string): string {
  return `/var/lib/libvirt/images/testbed-${stack}`;
}

/** The file that a guest's serial console is written to. */
export function consolePath(domainName: string): string {
  return `/var/log/libvirt/qemu/${domainName}.console`;
}

/** The file of memory that guests share, as QEMU makes it for them. */
export function sharedMemoryFile(name: string): string {
  return `/dev/shm/${name}`;
}

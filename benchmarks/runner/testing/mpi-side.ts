/** A side of an MPI launch on this machine, which finds the stand-ins for MPI's programs in a folder. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Site } from "../launch.ts";
import { LocalRemote } from "./remotes.ts";

/** A side with files of its own in the folder, and a port that counts what the folder's sys/ says when it is read. */
export function mpiSide(folder: string, name: string, fabricAddress: string, behaviour: string): Site {
  const temporary = join(folder, name);
  mkdirSync(temporary);
  const commandPrefix = [
    ...["env", `PATH=${folder}:${process.env.PATH}`, `TMPDIR=${temporary}`, `FAKE_MPI_FOLDER=${folder}`],
    ...[`FAKE_MPI_OUTPUT=${join(folder, "output")}`, `FAKE_MPI_BEHAVIOUR=${behaviour}`],
    `TESTBED_SYSFS=${join(folder, "sys")}`,
  ];
  const placement = { node: name, commandPrefix, fabricAddress, rdmaDevice: "rxe0", rdmaPort: 1 };
  return { placement, remote: new LocalRemote(), gidIndex: 1, networkDevice: "fab0", softRoce: true };
}

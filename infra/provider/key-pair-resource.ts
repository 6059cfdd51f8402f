/** An ssh key pair of the stack, made by ssh-keygen in a folder that git ignores. */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import * as z from "zod";
import { schemaFailures } from "./check-inputs.ts";
import type { CheckFailure, PropertyChange, ResourceState, ResourceType } from "./resource-type.ts";
import { type Properties, secret } from "./values.ts";

const inputsSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/, "must be a plain file name"),
  directory: z.string().startsWith("/", "must be an absolute path"),
  comment: z.string(),
});

export class KeyPairResource implements ResourceType {
  readonly token = "testbed:index:SshKeyPair";
  readonly deleteBeforeReplace = true;

  check(inputs: Properties): Promise<CheckFailure[]> {
    return Promise.resolve(schemaFailures(inputsSchema, inputs));
  }

  diff(resource: ResourceState, inputs: Properties): Promise<PropertyChange[]> {
    const changes = Object.keys(inputsSchema.shape)
      .filter((property) => !isDeepStrictEqual(inputs[property], resource.inputs[property]))
      .map((property) => ({ property, replace: true }));
    return Promise.resolve(changes);
  }

  preview(inputs: Properties): Promise<Properties> {
    return Promise.resolve({ ...inputs, privateKeyPath: keyPath(inputs) });
  }

  async create(inputs: Properties): Promise<{ id: string; state: Properties }> {
    const { name, directory, comment } = inputsSchema.parse(inputs);
    const path = keyPath(inputs);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // A pair that an interrupted `up` left behind is in no state, so nobody uses it; ssh-keygen would ask about it.
    await removeFiles(path);
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], {
      stdin: "ignore",
    });
    const state = await readPair(inputs);
    if (state === null) throw new Error(`ssh-keygen made no key pair at ${path}`);
    return { id: name, state };
  }

  read(resource: ResourceState): Promise<Properties | null> {
    return readPair(resource.inputs);
  }

  update(_resource: ResourceState, inputs: Properties): Promise<Properties> {
    throw new Error(`the key pair ${String(inputs.name)} is replaced, never updated`);
  }

  delete(resource: ResourceState): Promise<void> {
    return removeFiles(keyPath(resource.inputs));
  }
}

function keyPath(inputs: Properties): string {
  return join(String(inputs.directory), String(inputs.name));
}

async function readPair(inputs: Properties): Promise<Properties | null> {
  const privateKeyPath = keyPath(inputs);
  try {
    const privateKey = await readFile(privateKeyPath, "utf8");
    const publicKey = (await readFile(`${privateKeyPath}.pub`, "utf8")).trim();
    return { ...inputs, publicKey, privateKey: secret(privateKey), privateKeyPath };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function removeFiles(privateKeyPath: string): Promise<void> {
  await rm(privateKeyPath, { force: true });
  await rm(`${privateKeyPath}.pub`, { force: true });
}

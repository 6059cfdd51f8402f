/** The files on a node that all its guests are made from. */
import * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";
import { guestPoolDirectory } from "./guest-places.ts";

/** What guests are made from, as files on this machine. */
export interface GuestSource {
  /** A qcow2 disk, and its SHA-256. */
  readonly rootPath: pulumi.Output<string>;
  readonly digest: pulumi.Output<string>;
  /** Present for the project's own guest; a cloud image has its own boot loader and kernel. */
  readonly directBoot?: {
    readonly kernelPath: pulumi.Output<string>;
    readonly kernelDigest: pulumi.Output<string>;
    readonly initrdPath: pulumi.Output<string>;
    readonly initrdDigest: pulumi.Output<string>;
  };
  /** Of a cloud image: the size of the disk that it is of. */
  readonly virtualSizeBytes?: pulumi.Output<number>;
}

export interface GuestVolumes {
  readonly pool: libvirt.Pool;
  readonly base: libvirt.Volume;
  readonly kernel?: libvirt.Volume;
  readonly initrd?: libvirt.Volume;
}

/** Hexadecimal digits of a digest that tell a file's versions apart in its name. */
const digestInName = 12;

/** Declares the pool and what is brought into it. A file of another content has another name, and is another volume. */
export function declareGuestVolumes(
  name: string,
  stack: string,
  source: GuestSource,
  options: pulumi.CustomResourceOptions,
): GuestVolumes {
  const pool = new libvirt.Pool(
    `${name}-pool`,
    { name: `testbed-${stack}-guests`, type: "dir", target: { path: guestPoolDirectory(stack) } },
    options,
  );
  const bring = (
    what: string,
    format: string,
    path: pulumi.Output<string>,
    digest: pulumi.Output<string>,
    suffix = "",
  ) =>
    new libvirt.Volume(
      `${name}-${what}`,
      {
        name: digest.apply((text) => `${what}-${text.slice(0, digestInName)}${suffix}`),
        pool: pool.name,
        source: path,
        format,
      },
      // libvirt may say another format of it once it has looked into the file.
      { ...options, ignoreChanges: ["format"] },
    );
  const base = bring("base", "qcow2", source.rootPath, source.digest, ".qcow2");
  if (source.directBoot === undefined) return { pool, base };
  const { kernelPath, kernelDigest, initrdPath, initrdDigest } = source.directBoot;
  return {
    pool,
    base,
    kernel: bring("kernel", "raw", kernelPath, kernelDigest),
    initrd: bring("initrd", "raw", initrdPath, initrdDigest),
  };
}

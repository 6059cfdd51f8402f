/**
 * Makes the seed disk of an emulated node or a guest, or removes it: an ISO image with the label `cidata` and the file
 * `user-data`, for cloud-init `meta-data` too.
 * The libvirt provider's own resource for such disks reads each back as a stream at every refresh, and two at once lock its
 * connection up (dmacvicar/terraform-provider-libvirt#594); a volume is only looked at.
 * Run as `make-seed.ts make|remove` with the request as JSON in TESTBED_REQUEST; prints `{"path": …}`.
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { searchPath } from "../programs.ts";

const requestSchema = z.strictObject({
  directory: z.string().describe("folder of the stack's seed disks"),
  name: z.string().describe("of the node or guest"),
  userData: z.string(),
  metaData: z.string().optional(),
});
export type SeedRequest = z.infer<typeof requestSchema>;

/** The file of a seed disk. Another content gives another name, so that what is made from it is made anew. */
function seedPath({ directory, name, userData }: SeedRequest): string {
  const digest = createHash("sha256").update(userData).digest("hex").slice(0, 12);
  return join(directory, `${name}-${digest}.iso`);
}

async function make(request: SeedRequest): Promise<void> {
  const path = seedPath(request);
  mkdirSync(request.directory, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(request.directory, ".seed-"));
  try {
    const texts = { "user-data": request.userData, "meta-data": request.metaData };
    const files = Object.entries(texts).flatMap(([name, text]) => {
      if (text === undefined) return [];
      writeFileSync(join(work, name), text, { mode: 0o600 });
      return [join(work, name)];
    });
    await execa("mkisofs", ["-quiet", "-output", path, "-volid", "cidata", "-joliet", "-rock", ...files], {
      env: { PATH: searchPath() },
      stdin: "ignore",
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const request = requestSchema.parse(JSON.parse(process.env.TESTBED_REQUEST ?? "null"));
switch (process.argv[2]) {
  case "make":
    await make(request);
    process.stdout.write(`${JSON.stringify({ path: seedPath(request) })}\n`);
    break;
  case "remove":
    rmSync(seedPath(request), { force: true });
    break;
  default:
    process.stderr.write("usage: make-seed.ts make|remove\n");
    process.exitCode = 2;
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkoutDirectory } from "../../infra/paths.ts";
import { claimsDocumentSchema } from "../claims/document.ts";
import { rehearsalWatermark, syntheticWatermark } from "../claims/judge.ts";
import { writeExampleRun } from "../report/testing/example-run.ts";

const folder = mkdtempSync(join(tmpdir(), "claims-"));
afterAll(() => rmSync(folder, { recursive: true }));

const suite = { benchmarks: ["ib_send_lat"], sizesBytes: [8, 512, 65536], launches: 6 };
const emulated = writeExampleRun(join(folder, "emulated"), { fidelity: "emulated", suite });
const hardware = writeExampleRun(join(folder, "hardware"), { fidelity: "hardware", suite });
const paper = join(checkoutDirectory, "results", "paper");

/** The program with its output in a pipe, as other programs read it. Not Node's own, which is a socket and holds more. */
function testbed(...words: string[]) {
  const program = join(checkoutDirectory, "benchmarks", "cli.ts");
  const script = '{ "$@"; echo "$?" >&3; } | cat';
  const command = ["-c", script, "sh", process.execPath, program, "claims", ...words];
  const { stdout, stderr, output } = spawnSync("sh", command, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  return { status: Number(output[3]), stdout, stderr };
}

test("a run on hardware is judged, and the exit status is 0 whatever the verdicts are", () => {
  const { status, stdout, stderr } = testbed(hardware);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^claim +verdict .*\nC41 +not tested /s);
  expect(stdout).toMatch(/^\d+ supported, \d+ contradicted, \d+ inconclusive, \d+ not tested$/m);
});

test("one on emulated nodes is refused with the reason", () => {
  expect(testbed("--json", emulated)).toMatchObject({
    status: 1,
    stdout: "",
    stderr: `testbed: ${emulated} was measured on emulated nodes, whose speed says nothing about the paper; --rehearse runs the judgement all the same, under a watermark\n`,
  });
});

test("a rehearsal bears its watermark in every line, and in every claim of the document", () => {
  const text = testbed("--rehearse", emulated);
  expect(text.status).toBe(0);
  for (const line of text.stdout.trimEnd().split("\n")) expect(line).toContain(rehearsalWatermark);
  const { status, stdout } = testbed("--rehearse", "--json", emulated);
  expect(status).toBe(0);
  const document = claimsDocumentSchema.parse(JSON.parse(stdout));
  expect(document).toMatchObject({ kind: "rehearsal", fidelity: "emulated", watermark: rehearsalWatermark });
  expect(document.claims.map(({ watermark }) => watermark)).toEqual(Array(41).fill(rehearsalWatermark));
});

test("the paper's own figures reach a reader whole, though a pipe holds less, and as synthetic", () => {
  const { status, stdout } = testbed("--json", paper);
  expect(status).toBe(0);
  expect(stdout.length).toBeGreaterThan(2 ** 16);
  const { watermark, claims } = claimsDocumentSchema.parse(JSON.parse(stdout));
  expect(watermark).toBe(syntheticWatermark);
  expect(claims.map(({ verdict }) => verdict)).toEqual(Array(41).fill("supported"));
});

test.each([
  ["a run on hardware", hardware, "was measured on hardware"],
  ["synthetic numbers", paper, "is synthetic"],
])("what is judged can't be rehearsed: %s", (_, path, what) => {
  expect(testbed("--rehearse", path)).toMatchObject({
    status: 1,
    stdout: "",
    stderr: `testbed: ${path} ${what} and is judged, not rehearsed: leave out --rehearse\n`,
  });
});

test("what is no result set can't be judged at all", () => {
  const stderr = expect.stringContaining(`${folder} is no result set`);
  expect(testbed(folder)).toMatchObject({ status: 1, stdout: "", stderr });
});

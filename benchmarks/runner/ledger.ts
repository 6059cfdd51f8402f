/** The ledger: the append-only record of every attempt at every launch, one JSON object a line, each line on the disk before what follows. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import * as z from "zod";
import { environmentNameSchema, ownershipSchema } from "../../infra/inventory.ts";
import { evidenceSchema } from "../evidence/evidence.ts";
import { schemaSentence, UserError } from "../input.ts";
import { cellSchema, launchSchema } from "./schedule.ts";
import { transportSchema } from "./transport.ts";

const time = z.iso.datetime().describe("UTC");
const attempt = z.string().describe("LAUNCH.TRY, as in 0012.1");
const exitCode = z.int().nullable().describe("null: not known, as after the time limit");

const outcomeFields = {
  time,
  attempt,
  launch: z.int().min(1),
  seconds: z.number().min(0).describe("wall clock of the attempt"),
  exitCodes: z.strictObject({ client: exitCode, servers: z.array(exitCode) }),
  logs: z.array(z.string()).describe("raw logs, relative to the run's folder"),
};

const sideSchema = z.strictObject({
  node: z.string(),
  guest: z.string().optional(),
  command: z.array(z.string()).describe("none: begun by the client's side"),
});

const seconds = z.number().min(0);
const stepSchema = z.strictObject({
  node: z.string(),
  step: z.string().describe("as in attach 0000:01:10.0 to g1"),
  seconds,
});

export const wideCellSchema = z.strictObject({
  ...cellSchema.shape,
  relativeWidth: z
    .number()
    .nullable()
    .describe("of the 95 % interval of its median, over the median; null: too few launches for an interval"),
});
/** A cell whose interval is not as narrow as the suite asks for. */
export type WideCell = z.infer<typeof wideCellSchema>;

export const ledgerEventSchema = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("session"),
    time,
    kind: z.enum(["begun", "resumed"]),
    processId: z.int(),
    tornLine: z.string().nullable().describe("what a killed runner left of its last line"),
    lease: z
      .strictObject({
        endsAt: z.iso.datetime(),
        machinesDigest: z
          .string()
          .describe("of the inventory without the lease's end: other machines, another digest"),
      })
      .optional()
      .describe("that the nodes were on; absent: they were not leased"),
  }),
  z.strictObject({ event: z.literal("planned"), time, ...launchSchema.shape }),
  z
    .strictObject({
      event: z.literal("activated"),
      time,
      environment: environmentNameSchema,
      ownership: ownershipSchema,
      seconds,
      steps: z.array(stepSchema),
    })
    .describe("the environment's ownership of the adapters holds on every node; no step: it held already"),
  z
    .strictObject({
      event: z.literal("activation-failed"),
      time,
      environment: environmentNameSchema,
      reason: z.string(),
    })
    .describe("one try; the adapters may be anywhere until the next activation"),
  z
    .strictObject({
      event: z.literal("evidence"),
      time,
      environment: environmentNameSchema,
      node: z.string(),
      guest: z.string().optional(),
      evidence: evidenceSchema,
    })
    .describe("what the environment is there, from now on"),
  z
    .strictObject({ event: z.literal("released"), time, seconds, steps: z.array(stepSchema) })
    .describe("the adapters are the hosts' again"),
  z
    .strictObject({ event: z.literal("release-failed"), time, reason: z.string() })
    .describe("who has the adapters is not known; the next run begins by finding out"),
  z.strictObject({
    event: z.literal("started"),
    time,
    attempt,
    ...launchSchema.shape,
    client: sideSchema.describe("the active side; with MPI the one that starts the ranks"),
    servers: z.array(sideSchema).describe("the passive sides"),
  }),
  z.strictObject({
    event: z.literal("valid"),
    ...outcomeFields,
    transport: transportSchema
      .nullable()
      .describe("by how much the counters of all ports moved; null: they have none, or need none"),
  }),
  z.strictObject({ event: z.literal("refused"), ...outcomeFields, reason: z.string() }),
  z
    .strictObject({ event: z.literal("not-available"), time, launch: z.int().min(1), reason: z.string() })
    .describe("what the launch needs is not there; it is not tried again in this run"),
  z
    .strictObject({ event: z.literal("not-started"), time, launch: z.int().min(1), reason: z.string() })
    .describe("the environment could not be made active; a continued run tries the launch again"),
  z
    .strictObject({
      event: z.literal("assessed"),
      time,
      block: z.int().min(1),
      launches: z.int().min(1).describe("measured ones of each cell so far"),
      decision: z
        .enum(["continue", "precision", "budget", "maximum"])
        .describe("continue: another block follows; else why none does"),
      minutesSpent: z.number().min(0).describe("of all sessions, until the block's end"),
      cells: z.int().min(0).describe("with launches that count"),
      wideCells: z.int().min(0).describe("of these, with intervals wider than the suite asks for"),
      widest: z.array(wideCellSchema).describe("the widest of them"),
    })
    .describe("the end of a measured block, where the suite says when to stop"),
  z.strictObject({
    event: z.literal("interrupted"),
    time,
    attempt: attempt.nullable(),
    reason: z.string(),
  }),
  z
    .strictObject({ event: z.literal("lease-ended"), time, endsAt: z.iso.datetime() })
    .describe("the run stopped before its nodes' lease ends; it goes on under another end or another lease"),
  z.strictObject({ event: z.literal("finished"), time }),
]);
export type LedgerEvent = z.infer<typeof ledgerEventSchema>;

/** What a ledger file holds. `tornLine`: the text after the last line end, left by a runner that was killed while writing. */
export interface LedgerContents {
  readonly events: readonly LedgerEvent[];
  readonly tornLine: string | null;
}

/** Reads a ledger's text. Throws UserError for a damaged line that is not the last. */
export function parseLedger(text: string, name: string): LedgerContents {
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  const events = lines.map((line, index) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new UserError(
        `${name} is damaged at line ${index + 1}; move the run's folder away to begin anew`,
      );
    }
    const result = ledgerEventSchema.safeParse(value);
    if (!result.success) {
      throw new UserError(schemaSentence(`line ${index + 1} of ${name}`, result.error));
    }
    return result.data;
  });
  return { events, tornLine: rest === "" ? null : rest };
}

/** Reads a ledger file; one that is not there yet is empty. */
export function readLedger(path: string): LedgerContents {
  return existsSync(path) ? parseLedger(readFileSync(path, "utf8"), path) : { events: [], tornLine: null };
}

/** Appends to a ledger file. */
export class LedgerWriter {
  readonly #descriptor: number;

  /** Opens the file and takes off a torn last line, which the caller records in the session's event. */
  constructor(path: string) {
    if (existsSync(path)) {
      const bytes = readFileSync(path);
      truncateSync(path, bytes.lastIndexOf(0x0a) + 1);
    }
    this.#descriptor = openSync(path, "a");
  }

  /** Writes events in order; when it returns they are on the disk. */
  append(...events: readonly LedgerEvent[]): void {
    const text = events.map((event) => `${JSON.stringify(ledgerEventSchema.parse(event))}\n`).join("");
    writeSync(this.#descriptor, text);
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

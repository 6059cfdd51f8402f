/**
 * A stand-in for perftest in tests: `fake-perftest.ts PROGRAM [PERFTEST ARGUMENT...]`. It meets its other side over TCP as
 * perftest does and prints a real client's text with the asked size. The size says how it misbehaves (see `behaviours`).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { parseArgs } from "node:util";

/** Sizes in bytes and what happens at them; any other size is a good run. */
export const behaviours = {
  infiniteRow: 16,
  noRow: 32,
  hang: 64,
  serverDeaf: 128,
  exit17: 256,
  infiniteOnce: 512,
} as const;

const realOutput = new URL(
  "../../parsers/fixtures/perftest/4.5/ib_send_lat-json.client.txt",
  import.meta.url,
);

/** A real client's text at another size. */
export function clientText(sizeBytes: number): string {
  return readFileSync(realOutput, "utf8").replace(/^ 8 /m, ` ${sizeBytes} `);
}

function misbehave(sizeBytes: number): { text: string; status: number } {
  const good = clientText(sizeBytes);
  const infinite = good.replace(/^( \d+ +\d+ +)\S+/m, "$1inf");
  const marker = process.env.FAKE_PERFTEST_MARKER ?? "";
  if (sizeBytes === behaviours.infiniteRow) return { text: infinite, status: 0 };
  if (sizeBytes === behaviours.noRow) return { text: good.replace(/^ \d+ +100 .*\n/m, ""), status: 0 };
  if (sizeBytes === behaviours.exit17) {
    process.stderr.write(" Completion with error at client\n Failed status 2: wr_id 0 syndrom 0x0\n");
    return { text: "", status: 17 };
  }
  if (sizeBytes === behaviours.infiniteOnce && !existsSync(marker)) {
    writeFileSync(marker, "");
    process.stderr.write("Correlation coefficient r^2: 0.62 < 0.9\n");
    return { text: infinite, status: 0 };
  }
  return { text: good, status: 0 };
}

function main(): void {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: {
      d: { type: "string", short: "d" },
      i: { type: "string", short: "i" },
      F: { type: "boolean", short: "F" },
      V: { type: "boolean", short: "V" },
      x: { type: "string", short: "x" },
      n: { type: "string", short: "n" },
      s: { type: "string", short: "s" },
      p: { type: "string", short: "p" },
    },
  });
  const sizeBytes = Number(values.s);
  const port = Number(values.p);
  const [address] = positionals;
  if (address === undefined) {
    if (sizeBytes === behaviours.serverDeaf) {
      setInterval(() => undefined, 1000);
      return;
    }
    createServer((socket) =>
      socket
        .on("error", () => undefined)
        .on("close", () => process.exit(0))
        .resume(),
    ).listen(port, "127.0.0.1");
    return;
  }
  const socket = connect(port, address);
  socket.on("error", () => {
    process.stderr.write(`Couldn't connect to ${address}:${port}\n`);
    process.exitCode = 1;
  });
  socket.on("connect", () => {
    if (sizeBytes === behaviours.hang) return;
    const { text, status } = misbehave(sizeBytes);
    process.stdout.write(text);
    process.exitCode = status;
    socket.end();
  });
}

if (import.meta.main) main();

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePerftest } from "./perftest.ts";
import { replaced, valuesOf, withOneByteChanged } from "./testing/fixtures.ts";
import { toolTexts } from "./testing/properties.ts";

/** Texts that hold no result: error outputs, versions, usage, bare values, the server of a read latency test. */
const withoutResult = /^errors\/|version\.txt$|-help\.txt$|-output\.|\.stderr\.txt$|ib_read_lat-a\.server/;
const { names, results, read } = toolTexts("perftest", (name) => !withoutResult.test(name));

describe("real outputs", () => {
  test("the fixtures are those of the corpus", () => {
    expect(names).toHaveLength(98);
    expect(results).toHaveLength(64);
  });

  test.each(results)("%s is read whole", (name) => {
    const text = read(name);
    const outcome = parsePerftest(text);
    expect(outcome.problems).toEqual([]);
    expect(outcome.program).toBe(/ib_[a-z]+_(?:lat|bw)/.exec(name)?.[0]);
    const lines = text.split("\n");
    for (const { value, line, sizeBytes } of outcome.measurements) {
      const words = lines[line - 1]?.trim().split(/\s+/);
      expect(words).toContain(value);
      expect(words?.[0]).toBe(String(sizeBytes));
    }
    const rows = lines.filter((line) => /^ \d+ +\d+ /.test(line));
    expect(new Set(outcome.measurements.map(({ line }) => line)).size).toBe(rows.length);
  });

  test.each(names.filter((name) => withoutResult.test(name)))("%s is refused", (name) => {
    const outcome = parsePerftest(read(name));
    expect(outcome.problems.length).toBeGreaterThan(0);
    expect(outcome.measurements).toEqual([]);
  });

  test("latency: all statistics; -nan in t_stdev drops that one with a warning", () => {
    const outcome = parsePerftest(read("4.5/ib_send_lat-a.server.txt"));
    expect(valuesOf(outcome, 2)).toEqual({
      "min us": "892.18",
      "max us": "4314.60",
      "typical us": "3981.12",
      "avg us": "3517.18",
      "stdev us": "819.88",
      "p99 us": "4314.60",
      "p99.9 us": "4314.60",
    });
    expect(valuesOf(outcome, 8388608)).not.toHaveProperty("stdev us");
    expect(outcome.warnings.map(({ line }) => line)).toEqual([1, 49]);
  });

  test("duration mode has the average alone, and a peak that was not measured is no measurement", () => {
    expect(valuesOf(parsePerftest(read("24.10/ib_send_lat-D.client.txt")), 8)).toEqual({ "avg us": "28.58" });
    expect(valuesOf(parsePerftest(read("4.5/ib_write_bw-D.client.txt")), 65536)).toEqual({
      "avg MiB/s": "39.31",
      "rate Mpps": "0.000629",
    });
  });

  test("both labels of the old unit mean MiB, Gb stays Gb", () => {
    const old = valuesOf(parsePerftest(read("4.5/ib_send_bw-65536.client.txt")), 65536);
    expect(old).toEqual({ "peak MiB/s": "55.30", "avg MiB/s": "52.24", "rate Mpps": "0.000836" });
    expect(valuesOf(parsePerftest(read("24.10/ib_write_bw-json.client.txt")), 65536)).toHaveProperty(
      "avg MiB/s",
    );
    expect(valuesOf(parsePerftest(read("4.5/ib_write_bw-gbits.server.txt")), 65536)).toEqual({
      "peak Gb/s": "0.45",
      "avg Gb/s": "0.36",
      "rate Mpps": "0.000681",
    });
  });
});

describe("variants that the corpus has no file of", () => {
  const text = read("24.10/ib_send_bw-65536.client.txt");
  const expected = parsePerftest(text).measurements.map(({ value }) => value);

  test("26.x has more settings and a leading line", () => {
    const later = `Disabling dynamic polling\n${text}`
      .replace(/ibv_wr\* API {5}: OFF$/m, "$&\t\tUsing Enhanced Reorder      : OFF")
      .replace(/^ CQ Moderation.*\n/m, "$& CQE Poll Batch  : 16\n")
      .replace(/^ Data ex\. method/m, " NUMA node       : 0\n$&");
    expect(later.split("\n")).toHaveLength(text.split("\n").length + 3);
    expect(parsePerftest(later).measurements.map(({ value }) => value)).toEqual(expected);
  });

  test("on InfiniBand there are LIDs and no GIDs", () => {
    const infiniBand = text
      .replace("Link type       : Ethernet", "Link type       : IB")
      .replace(/^ GID.*\n/gm, "")
      .replaceAll("LID 0000", "LID 0x02");
    expect(infiniBand).not.toContain("GID");
    expect(parsePerftest(infiniBand).measurements.map(({ value }) => value)).toEqual(expected);
  });

  test("several queue pairs have an address each", () => {
    const local = /^ local.*\n GID.*\n/m.exec(text)?.[0] ?? "";
    const remote = /^ remote.*\n GID.*\n/m.exec(text)?.[0] ?? "";
    const pairs = text.replace(local, local + local);
    expect(parsePerftest(pairs).problems).not.toEqual([]);
    expect(parsePerftest(pairs.replace(remote, remote + remote)).problems).toEqual([]);
  });

  test("a CPU frequency that moves is a warning", () => {
    const line =
      "Conflicting CPU frequency values detected: 1200.000000 != 2500.000000. CPU Frequency is not max.";
    expect(parsePerftest(`${line}\n${text}`)).toMatchObject({ problems: [], warnings: [{ line: 1 }] });
  });
});

describe("texts that were damaged", () => {
  const good = read("24.10/ib_send_lat-a.client.txt");
  const single = read("4.5/ib_send_lat-json.client.txt");
  const lines = good.split("\n");
  const firstRow = lines.findIndex((line) => line.startsWith(" 2 "));
  const refusal = (text: string) => parsePerftest(text).problems[0];

  test.each<[string, string, RegExp]>([
    ["empty", "", /empty/],
    ["inf in the minimum", replaced(single, /^( 8 +\d+ +)\S+/m, "$1inf"), /t_min\[usec\] is inf/],
    ["header without rows", replaced(single, /^ 8 +100.*\n/m, ""), /header without rows/],
    ["no closing line", replaced(single, /-+\n$/, ""), /not closed/],
    ["cut in the last line", single.slice(0, -1), /cut off/],
    ["a repeated row", replaced(single, /^( 8 +100.*\n)/m, "$1$1"), /lost, repeated or out of order/],
    ["two texts in one", single + single, /the end of the text/],
    ["another test's title", replaced(single, /Send Latency/, "Send BW"), /not that of a BW test/],
    [
      "stderr within the table",
      replaced(single, /^ 8 /m, "Correlation coefficient r^2: 0.8 < 0.9\n 8 "),
      /keep the streams apart/,
    ],
    ["stderr within a row", replaced(single, /^( 8 +100 +)/m, "$1Device not recognized "), /columns/],
    ["a setting twice", replaced(single, /^( Mtu .*\n)/m, "$1$1"), /twice/],
    ["cycles instead of time", single.replaceAll("usec", "cycles"), /a known table header/],
    [
      "an average bandwidth of 0",
      replaced(read("4.5/ib_send_bw-65536.client.txt"), /52\.24/, "0.00"),
      /is 0/,
    ],
  ])("%s", (_name, text, message) => {
    expect(refusal(text)?.message).toMatch(message);
  });

  test("rows lost, repeated or moved in a table over all sizes", () => {
    const rows = lines.length - 2 - firstRow;
    expect(rows).toBe(23);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: rows - 1 }),
        fc.integer({ min: 0, max: rows - 1 }),
        fc.constantFrom("lose", "repeat", "swap"),
        (a, b, what) => {
          fc.pre(what !== "swap" || a !== b);
          const changed = [...lines];
          const [first, second] = [lines[firstRow + a] ?? "", lines[firstRow + b] ?? ""];
          if (what === "lose") changed.splice(firstRow + a, 1);
          else if (what === "repeat") changed.splice(firstRow + b, 0, first);
          else {
            changed[firstRow + a] = second;
            changed[firstRow + b] = first;
          }
          expect(parsePerftest(changed.join("\n")).problems).not.toEqual([]);
        },
      ),
    );
  });

  test("every cut is refused", () => {
    fc.assert(
      fc.property(fc.constantFrom(...results), fc.nat(), (name, position) => {
        const text = read(name);
        const cut = text.slice(0, position % text.length);
        expect(parsePerftest(cut).problems).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("a changed byte is refused, or the numbers are those that stand in the changed text", () => {
    fc.assert(
      fc.property(withOneByteChanged(results.map(read)), (text) => {
        const changedLines = text.split("\n");
        for (const { value, line } of parsePerftest(text).measurements) {
          expect(changedLines[line - 1]?.trim().split(/\s+/)).toContain(value);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

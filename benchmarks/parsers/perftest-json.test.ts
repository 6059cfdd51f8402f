import { describe, expect, test } from "vitest";
import { parsePerftestJson } from "./perftest-json.ts";
import { replaced, valuesNotInTheirLines, valuesOf } from "./testing/fixtures.ts";
import { testChangedByte, testEveryCut, toolTexts } from "./testing/properties.ts";
import { reportOnText } from "./tools.ts";

const tool = toolTexts("perftest-json", () => true);
const { names, read } = tool;

describe("real files", () => {
  test("the fixtures are those of the corpus", () => expect(names).toHaveLength(12));

  test.each(names)("%s is read whole", (name) => {
    const text = read(name);
    const outcome = parsePerftestJson(text);
    expect(outcome).toMatchObject({ problems: [], warnings: [], version: null });
    expect(outcome.program).toBe(/ib_[a-z]+_(?:lat|bw)/.exec(name)?.[0]);
    expect(outcome.measurements).toHaveLength(name.includes("lat") ? 7 : 3);
    expect(valuesNotInTheirLines(text, outcome)).toEqual([]);
    const [unit] = outcome.measurements.map((measurement) => measurement.unit);
    expect(unit).toBe(name.includes("lat") ? "us" : name.includes("gbits") ? "Gb/s" : "MiB/s");
    expect(reportOnText(name, text)).toMatchObject({ kind: "perftest", status: "ok" });
  });

  test("numbers as printed", () => {
    expect(valuesOf(parsePerftestJson(read("4.5/ib_send_lat-json.client.json.txt")), 8)).toEqual({
      "min us": "13.73",
      "max us": "128.10",
      "typical us": "24.58",
      "avg us": "26.20",
      "stdev us": "10.35",
      "p99 us": "128.10",
      "p99.9 us": "128.10",
    });
    expect(valuesOf(parsePerftestJson(read("24.10/ib_write_bw-json-gbits.client.json.txt")), 65536)).toEqual({
      "peak Gb/s": "0.45",
      "avg Gb/s": "0.41",
      "rate Mpps": "0.000780",
    });
    expect(valuesOf(parsePerftestJson(read("24.10/ib_write_bw-a-json.client.json.txt")), 8388608)).toEqual({
      "peak MiB/s": "37.19",
      "avg MiB/s": "37.19",
      "rate Mpps": "0.000005",
    });
  });

  test("-nan as deviation is dropped with a warning, a peak that was not measured without", () => {
    const latency = replaced(read("4.5/ib_send_lat-json.client.json.txt"), "t_stdev: 10.35", "t_stdev: -nan");
    const outcome = parsePerftestJson(latency);
    expect(outcome).toMatchObject({ problems: [], warnings: [{ line: 27 }] });
    expect(outcome.measurements).toHaveLength(6);
    const bandwidth = replaced(read("24.10/ib_write_bw-json.client.json.txt"), "55.01", "0.00");
    expect(valuesOf(parsePerftestJson(bandwidth), 65536)).toEqual({
      "avg MiB/s": "53.31",
      "rate Mpps": "0.000853",
    });
  });
});

describe("files that were damaged", () => {
  const latency = read("4.5/ib_send_lat-json.client.json.txt");
  const bandwidth = read("24.10/ib_write_bw-json.client.json.txt");

  test.each<[string, string, RegExp]>([
    ["empty", "", /empty/],
    ["inf", replaced(latency, "t_max: 128.10", "t_max: inf"), /t_max\[usec\] is inf/],
    [
      "an average of 0",
      replaced(replaced(bandwidth, "53.31", "0.00"), "0.000853", "0.000000"),
      /is not stated/,
    ],
    ["a rate too low to tell the unit", replaced(bandwidth, "0.000853", "0.000000"), /is not stated/],
    ["an average in no unit", replaced(bandwidth, "53.31", "63.31"), /is not stated/],
    ["an unknown test", replaced(bandwidth, "RDMA_Write_BW", "RDMA_Push_BW"), /no known test/],
    ["a setting twice", replaced(bandwidth, /^"Mtu".*\n/m, "$&$&"), /"Mtu" stands there twice/],
    ["another test's results", replaced(latency, "Send_Latency", "Send_BW"), /"BW_peak" expected/],
    ["a lost number", replaced(latency, /^t_avg.*\n/m, ""), /"t_avg" expected/],
    ["both dialects", replaced(bandwidth, '"MsgSize"', "MsgSize"), /"MsgSize" expected/],
    ["two files in one", bandwidth + bandwidth, /the end of the text/],
  ])("%s", (_name, text, message) => {
    const { problems, measurements } = parsePerftestJson(text);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
    expect(measurements).toEqual([]);
  });

  testEveryCut(tool, parsePerftestJson);

  testChangedByte(tool, parsePerftestJson);
});

/// <reference lib="dom" />
/** The report as readers see it: on a desk and on a phone, light and dark, and on paper. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeExampleRun } from "../../benchmarks/report/testing/example-run.ts";
import { pageOf, writeReport } from "../../benchmarks/report/write-report.ts";
import { readFigures } from "../../benchmarks/result-set/synthetic/figures.ts";
import { syntheticResultSet } from "../../benchmarks/result-set/synthetic/synthetic.ts";
import { collidingLabels, inkShare, leastContrasts, overflowing, startChromium } from "./browser.ts";

const desk = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
const views = [
  { name: "desk, light", fidelity: "hardware", viewport: desk, colorScheme: "light" },
  { name: "desk, dark", fidelity: "emulated", viewport: desk, colorScheme: "dark" },
  { name: "phone, light", fidelity: "emulated", viewport: phone, colorScheme: "light" },
  { name: "phone, dark", fidelity: "hardware", viewport: phone, colorScheme: "dark" },
] as const;

let folder: string;
let browser: Browser;
const reports = { emulated: "", hardware: "" };

beforeAll(async () => {
  browser = await startChromium();
  folder = mkdtempSync(join(tmpdir(), "testbed-browser-"));
  for (const fidelity of ["emulated", "hardware"] as const) {
    const unfair = fidelity === "emulated" ? ({ unfair: "container-passthrough" } as const) : {};
    const run = writeExampleRun(folder, { fidelity, stack: fidelity, ...unfair });
    reports[fidelity] = join(folder, `${fidelity}.html`);
    writeReport(run, reports[fidelity]);
  }
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(views)("$name", ({ fidelity, viewport, colorScheme }) => {
  let page: Page;
  const requests: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    page = await browser.newPage({ viewport, colorScheme });
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(pathToFileURL(reports[fidelity]).href);
  });

  afterAll(() => page?.close());

  test("asks for nothing else and has nothing to complain of", () => {
    expect(requests).toEqual([pathToFileURL(reports[fidelity]).href]);
    expect(errors).toEqual([]);
  });

  test("stays within its width, and no label lies over another", async () => {
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    expect(await overflowing(page)).toEqual([]);
    expect(await collidingLabels(page)).toEqual([]);
  });

  test("its text is there, and says what the data are", async () => {
    const text = await page.locator("body").textContent();
    for (const name of ["Summary", "Figure 4.", "Figure 9.", "Refused and missing", "Method and versions"]) {
      expect(text).toContain(name);
    }
    const stamps = await page.locator("svg.drawing .stamp").count();
    const drawings = await page.locator("svg.drawing").count();
    expect(drawings).toBeGreaterThan(50);
    expect(stamps).toBe(fidelity === "emulated" ? drawings : 0);
    expect(await page.locator(".watermark").count()).toBe(fidelity === "emulated" ? 1 : 0);
  });

  test("colours stand out from the ground", async () => {
    const { text, graphics } = await leastContrasts(page);
    expect(text).toBeGreaterThanOrEqual(4.5);
    expect(graphics).toBeGreaterThanOrEqual(3);
  });

  test("no drawing is empty", async () => {
    const blank = await browser.newPage();
    // The stamps of emulated data are ink too, and would make an empty drawing look full.
    await page.addStyleTag({ content: ".stamp, .watermark { display: none }" });
    for (const drawing of await page.locator("svg.drawing").all()) {
      const name = await drawing.getAttribute("aria-labelledby");
      expect(await drawing.locator(".mark, .curve, .dots").count(), `marks of ${name}`).toBeGreaterThan(0);
      const share = await inkShare(blank, await drawing.screenshot());
      expect(share, `ink of ${name}`).toBeGreaterThan(0.01);
      expect(share, `ink of ${name}`).toBeLessThan(0.5);
    }
    await blank.close();
  });
});

test("on paper: light, with every page stamped where the data are emulated", async () => {
  const page = await browser.newPage({ viewport: desk, colorScheme: "dark" });
  await page.goto(pathToFileURL(reports.emulated).href);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const { position, ground, display } = await page.evaluate(() => {
    const watermark = document.querySelector(".watermark") as Element;
    const { position, display } = getComputedStyle(watermark);
    return { position, display, ground: getComputedStyle(document.body).backgroundColor };
  });
  // What is fixed stands on every printed page.
  expect(position).toBe("fixed");
  expect(display).not.toBe("none");
  expect(ground).toBe("rgb(255, 254, 251)");
  const pages = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type \/Page\b/g) ?? [];
  expect(pages.length).toBeGreaterThan(5);
  await page.close();
});

describe("a run of the paper's extent: all its benchmarks at 22 sizes", () => {
  const mostBytes = 3e6;
  let path: string;

  beforeAll(() => {
    const figures = readFigures("results/paper");
    const sizesBytes = Array.from({ length: 22 }, (_, power) => 2 ** power);
    path = join(folder, "paper.html");
    writeFileSync(path, pageOf(syntheticResultSet({ ...figures, sizesBytes }, folder)));
  });

  test("is a page that a browser loads at once", () => {
    expect(statSync(path).size).toBeLessThan(mostBytes);
  });

  test.each([desk, phone])("stays within $width pixels, and no label lies over another", async (viewport) => {
    const page = await browser.newPage({ viewport });
    await page.goto(pathToFileURL(path).href);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    expect(await overflowing(page)).toEqual([]);
    expect(await collidingLabels(page)).toEqual([]);
    expect(await page.locator(".panel").count()).toBeGreaterThan(60);
    await page.close();
  });
});

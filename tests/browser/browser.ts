/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** A headless Chromium, and what can be asked of a page in it. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts it. Throws where there is none: a test that looks at nothing must not pass. */
export function startChromium(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM, ...paths].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (executablePath === undefined) {
    throw new Error(`no Chromium at ${paths.join(", ")}, nor at $CHROMIUM: run tools/setup tests`);
  }
  // Root can't have Chromium's own sandbox, and the pages here are our own.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** Elements that reach beyond the page's width, but for those in a box that scrolls by itself. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) =>
        element.closest(".scroll, .watermark, svg.drawing") === null &&
        element.getBoundingClientRect().right > width + 0.5,
    );
    const named = wide.map((element) => `${element.tagName}.${element.className}`);
    return document.documentElement.scrollWidth > width ? [...named, "the page itself"] : named;
  });
}

/** Labels of a drawing that lie over each other, or outside of the drawing. */
export function collidingLabels(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    // A fraction of a pixel is the font's own room, and no ink.
    const tolerance = 1;
    return [...document.querySelectorAll("svg.drawing")].flatMap((drawing) => {
      const frame = drawing.getBoundingClientRect();
      const labels = [...drawing.querySelectorAll("text:not(.stamp)")].map((label) => ({
        text: label.textContent ?? "",
        box: label.getBoundingClientRect(),
      }));
      const outside = labels.filter(
        ({ box }) =>
          box.left < frame.left - tolerance ||
          box.right > frame.right + tolerance ||
          box.top < frame.top - tolerance ||
          box.bottom > frame.bottom + tolerance,
      );
      const pairs = labels.flatMap((a, index) =>
        labels
          .slice(index + 1)
          .filter(
            (b) =>
              Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > tolerance &&
              Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 2 * tolerance,
          )
          .map((b) => `${a.text} | ${b.text}`),
      );
      const name = drawing.querySelector("title")?.textContent ?? "";
      return [...outside.map(({ text }) => `${text} (outside)`), ...pairs].map((told) => `${name}: ${told}`);
    });
  });
}

/**
 * The contrast (WCAG 2.2, 1.4.3 and 1.4.11) of every colour that text, lines and marks have, against the page's ground: the least of each
 * sort. Faint lines of the grid and the stamp say nothing that is not said elsewhere.
 */
export function leastContrasts(page: Page): Promise<{ readonly text: number; readonly graphics: number }> {
  return page.evaluate(() => {
    const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (colour: string): number => {
      const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = luminance(getComputedStyle(document.body).backgroundColor);
    const contrast = (colour: string): number => {
      const [light, dark] = [luminance(colour), ground].sort((a, b) => b - a) as [number, number];
      return (light + 0.05) / (dark + 0.05);
    };
    const least = (selector: string, property: "color" | "fill" | "stroke"): number =>
      Math.min(
        ...[...document.querySelectorAll(selector)].map((element) =>
          contrast(getComputedStyle(element)[property]),
        ),
      );
    return {
      text: Math.min(least("body *:not(svg, svg *)", "color"), least("svg.drawing text:not(.stamp)", "fill")),
      graphics: least(".mark, .curve, .gap, .bar, .dots, .ring, .axis", "stroke"),
    };
  });
}

/**
 * The share of a picture's pixels that differ from its upper left one, which is the ground.
 * @param blank a page with nothing in it, which decodes the picture
 */
export function inkShare(blank: Page, png: Buffer): Promise<number> {
  return blank.evaluate(
    async (source) => {
      const picture = new Image();
      picture.src = source;
      await picture.decode();
      const canvas = document.createElement("canvas");
      canvas.width = picture.width;
      canvas.height = picture.height;
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("the browser draws nothing");
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let differing = 0;
      for (let pixel = 0; pixel < data.length; pixel += 4) {
        const distance = [0, 1, 2].reduce(
          (sum, channel) => sum + Math.abs((data[pixel + channel] ?? 0) - (data[channel] ?? 0)),
          0,
        );
        if (distance > 60) differing++;
      }
      return differing / (data.length / 4);
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
}

import { expect, test } from "vitest";
import { defaultMirror, mirrorFromSources } from "./mirror.ts";

test("takes the mirror of the plain suite from deb822 sources", () => {
  const text = [
    "Types: deb",
    "# a comment",
    "URIs: http://mirror.example.org/debian-security",
    "Suites: bookworm-security",
    "Components: main",
    "",
    "Types: deb",
    "URIs: https://mirror.example.org/pub/debian/",
    "Suites: bookworm bookworm-updates",
    "Components: main",
  ].join("\n");
  expect(mirrorFromSources([{ name: "debian.sources", text }])).toBe("https://mirror.example.org/pub/debian");
});

test("takes the mirror from one-line sources with options", () => {
  const text =
    "# deb http://old/debian bookworm main\ndeb [arch=amd64] http://m/debian trixie main contrib # x\n";
  expect(mirrorFromSources([{ name: "sources.list", text }])).toBe("http://m/debian");
});

test("ignores other archives and paragraphs that are switched off", () => {
  const files = [
    { name: "node.list", text: "deb https://deb.example.com/node_20.x nodistro main\n" },
    {
      name: "backports.sources",
      text: "Types: deb\nURIs: http://b/debian\nSuites: bookworm-backports\nComponents: main",
    },
    {
      name: "off.sources",
      text: "Enabled: no\nTypes: deb\nURIs: http://o/debian\nSuites: trixie\nComponents: main",
    },
  ];
  expect(mirrorFromSources(files)).toBe(defaultMirror);
});

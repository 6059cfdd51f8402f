import { expect, test } from "vitest";
import { findFirmware } from "./firmware.ts";

test("takes the first pair of which both files are there", () => {
  const present = new Set([
    "/usr/share/OVMF/OVMF_CODE_4M.fd",
    "/usr/share/OVMF/OVMF_CODE.fd",
    "/usr/share/OVMF/OVMF_VARS.fd",
  ]);
  expect(findFirmware((path) => present.has(path))).toEqual({
    code: "/usr/share/OVMF/OVMF_CODE.fd",
    variables: "/usr/share/OVMF/OVMF_VARS.fd",
  });
});

test("names the package when there is none", () => {
  expect(() => findFirmware(() => false)).toThrow("apt-get install ovmf");
});

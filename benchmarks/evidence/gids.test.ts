import { expect, test } from "vitest";
import { chooseGid, type Gid, gidDigits } from "./gids.ts";

const gids: Gid[] = [
  ["fe80:0000:0000:0000:5054:00ff:fe00:0001", "IB/RoCE v1"],
  ["fe80:0000:0000:0000:5054:00ff:fe00:0001", "RoCE v2"],
  ["0000:0000:0000:0000:0000:ffff:7f00:0001", "IB/RoCE v1"],
  ["0000:0000:0000:0000:0000:ffff:7f00:0001", "RoCE v2"],
].map(([gid = "", type = ""], index) => ({ index, gid, type, networkDevice: "fab0" }));

test("the GID is the RoCE v2 entry of the fabric address, none on InfiniBand, missing when there is none", () => {
  const port = { linkLayer: "Ethernet", gids };
  expect(chooseGid(port, "127.0.0.1")?.index).toBe(3);
  expect(chooseGid(port, "fe80::5054:ff:fe00:1")?.index).toBe(1);
  expect(chooseGid(port, "10.0.0.9")).toBeUndefined();
  expect(chooseGid({ ...port, linkLayer: "InfiniBand" }, "10.0.0.9")).toBeNull();
  expect(chooseGid({ ...port, gids: gids.slice(0, 3) }, "127.0.0.1")).toBeUndefined();
});

test("addresses in GID form", () => {
  expect(gidDigits("10.0.9.1")).toBe("00000000000000000000ffff0a000901");
  expect(gidDigits("2001:db8::7")).toBe("20010db8000000000000000000000007");
  expect(gidDigits("::1")).toBe(`${"0".repeat(31)}1`);
  expect(gidDigits("n1.example")).toBeNull();
});

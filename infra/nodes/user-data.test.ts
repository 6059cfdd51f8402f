import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderUserData } from "./user-data.ts";

test("cloud-init is told the address, and to start what sets it at each boot", () => {
  const text = renderUserData("198.18.0.1", 16);
  expect(text).toMatch(/^#cloud-config\n/);
  const { write_files: files, runcmd } = parse(text) as {
    write_files: { path: string; permissions: string; content: string }[];
    runcmd: string[][];
  };
  expect(files.map(({ path, permissions }) => `${permissions} ${path}`)).toEqual([
    "0644 /etc/testbed-fabric-address",
    "0755 /usr/local/sbin/testbed-fabric-address",
    "0644 /etc/systemd/system/testbed-fabric-address.service",
  ]);
  expect(files[0]?.content).toBe("198.18.0.1/16\n");
  expect(files[1]?.content).toMatch(/^#!\/bin\/sh\n/);
  expect(runcmd).toEqual([["systemctl", "enable", "--now", "testbed-fabric-address.service"]]);
});

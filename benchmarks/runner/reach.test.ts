/** Reachability on this machine, with a stand-in for ping that knows which addresses answer. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Site } from "./launch.ts";
import { unreachableReason } from "./reach.ts";
import { LocalRemote } from "./testing/remotes.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-reach-"));
  const ping = join(folder, "ping");
  writeFileSync(
    ping,
    '#!/bin/sh\nfor word; do :; done\ncase " $ANSWERING " in *" $word "*) ;; *) exit 1 ;; esac\n',
  );
  chmodSync(ping, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param answering the addresses that answer this side */
function site(node: string, fabricAddress: string, answering: string, guest?: string): Site {
  const commandPrefix = ["env", `PATH=${folder}:${process.env.PATH}`, `ANSWERING=${answering}`];
  const place = { node, commandPrefix, fabricAddress, rdmaDevice: "rxe0", rdmaPort: 1 };
  return {
    placement: guest === undefined ? place : { ...place, guest },
    remote: new LocalRemote(),
    gidIndex: 1,
    networkDevice: "fab0",
    softRoce: true,
  };
}

test("sides that answer each other in both directions are reached", async () => {
  const starter = site("n2", "10.0.0.2", "10.0.0.1 10.0.0.3");
  const others = [site("n1", "10.0.0.1", "10.0.0.2"), site("n3", "10.0.0.3", "10.0.0.2")];
  expect(await unreachableReason([starter, ...others])).toBeNull();
});

test("one direction that fails is told, with both sides and the address", async () => {
  const deaf = await unreachableReason([
    site("n2", "10.0.0.2", "10.0.0.1"),
    site("n1", "10.0.0.1", "10.0.0.2"),
    site("n3", "10.0.0.3", "10.0.0.2"),
  ]);
  expect(deaf).toBe("n2 can't reach n3 at 10.0.0.3 over the fabric");
  const noWayBack = await unreachableReason([
    site("n2", "10.0.0.2", "10.0.0.1", "g1"),
    site("n1", "10.0.0.1", "", "g1"),
  ]);
  expect(noWayBack).toBe("guest g1 on n1 can't reach guest g1 on n2 at 10.0.0.2 over the fabric");
});

test("a side that says nothing does not count as reached", async () => {
  const broken = site("n1", "10.0.0.1", "10.0.0.2");
  const gone = { ...broken, placement: { ...broken.placement, commandPrefix: ["false"] } };
  expect(await unreachableReason([site("n2", "10.0.0.2", "10.0.0.1"), gone])).toBe(
    "n1 did not say whether it reaches 10.0.0.2",
  );
});

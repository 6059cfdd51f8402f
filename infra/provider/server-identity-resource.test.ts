/** The first contact with a server: its host key is the one that its own console shows, or there is none. */
import { beforeEach, describe, expect, test } from "vitest";
import { recordedNowMs } from "../openstack/testing/replay.ts";
import { answered, routedSession } from "../openstack/testing/routes.ts";
import type { CloudResponse } from "../openstack/transport.ts";
import { Clouds } from "./clouds.ts";
import type { CallContext } from "./resource-type.ts";
import { ServerIdentityResource } from "./server-identity-resource.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";
const shown = `-----BEGIN SSH HOST KEY KEYS-----\r\n${hostKey} root@n1\r\n-----END SSH HOST KEY KEYS-----\r\n`;
const begun = shown.slice(0, 60);
const inputs = { name: "n1", serverId: "server-1", waitMinutes: 10 };
const noConsole = answered({ conflict: { message: "Guest does not have a console available." } }, 409);
const notFound = answered({ itemNotFound: { message: "Instance server-1 could not be found." } }, 404);

let nowMs: number;
/** What is seen at each look, the last one again and again. */
let servers: CloudResponse[];
let consoles: CloudResponse[];
let identity: ServerIdentityResource;
const context: CallContext = { signal: new AbortController().signal, log: () => undefined };

const status = (name: string, fault?: string): CloudResponse =>
  answered({
    server: {
      id: "server-1",
      name: "testbed-mock-n1",
      status: name,
      ...(fault && { fault: { message: fault } }),
    },
  });
const output = (text: string | null): CloudResponse => answered({ output: text });
const next = (answers: CloudResponse[]): CloudResponse =>
  (answers.length > 1 ? answers.shift() : answers[0]) ?? notFound;

beforeEach(() => {
  nowMs = recordedNowMs;
  servers = [status("ACTIVE")];
  consoles = [output(shown)];
  const { session } = routedSession(
    {
      "GET :8774/v2.1/servers/server-1": () => next(servers),
      "POST :8774/v2.1/servers/server-1/action": () => next(consoles),
    },
    () => nowMs,
  );
  identity = new ServerIdentityResource(new Clouds(() => session), {
    pauseMs: 5000,
    sleep: (pauseMs) => {
      nowMs += pauseMs;
      return Promise.resolve();
    },
  });
});

describe("a host key", () => {
  test("is pinned as the console shows it", async () => {
    expect(await identity.create(inputs, context)).toEqual({ id: "server-1", state: { ...inputs, hostKey } });
  });

  test("is waited for while there is no console, an empty one, or one that has not come so far", async () => {
    consoles = [noConsole, notFound, output(null), output("[    0.0] Linux"), output(begun), output(shown)];
    expect((await identity.create(inputs, context)).state.hostKey).toBe(hostKey);
    expect(nowMs - recordedNowMs).toBe(5 * 5000);
  });

  test("that never comes is not replaced by trust", async () => {
    consoles = [output(begun)];
    await expect(identity.create(inputs, context)).rejects.toThrow(
      "The console of n1 (server server-1) showed no ssh host key within 10 minutes. Without it the host could be anybody",
    );
    expect((nowMs - recordedNowMs) / 60_000).toBeCloseTo(10, 0);
  });

  test("of a server that goes into ERROR meanwhile is not waited for: Nova's fault is said", async () => {
    servers = [status("BUILD"), status("ERROR", "No valid host was found.")];
    consoles = [output("")];
    await expect(identity.create(inputs, context)).rejects.toThrow(
      "The server of n1 is in ERROR: No valid host was found.",
    );
  });

  test("of a server that is deleted meanwhile is not waited for", async () => {
    servers = [status("ACTIVE"), notFound];
    consoles = [noConsole];
    await expect(identity.create(inputs, context)).rejects.toThrow(/Instance server-1 could not be found/);
  });
});

describe("a pinned key", () => {
  const pinned = { id: "server-1", inputs, state: { ...inputs, hostKey } };

  test("stands although the console has forgotten it", async () => {
    consoles = [output("n1 login: ")];
    expect(await identity.read(pinned)).toEqual(pinned.state);
  });

  test("goes with its server", async () => {
    servers = [notFound];
    expect(await identity.read(pinned)).toBeNull();
  });

  test("belongs to one server: another one's is pinned anew, more patience changes nothing", async () => {
    expect(await identity.diff(pinned, { ...inputs, serverId: "server-2" })).toEqual([
      { property: "serverId", replace: true },
    ]);
    expect(await identity.diff(pinned, { ...inputs, waitMinutes: 20 })).toEqual([
      { property: "waitMinutes", replace: false },
    ]);
    expect((await identity.update(pinned, { ...inputs, waitMinutes: 20 })).hostKey).toBe(hostKey);
  });
});

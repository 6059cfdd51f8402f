/** Blazar and Keystone as they were recorded. */
import { describe, expect, test } from "vitest";
import { Blazar, type LeaseRequest, nodeTypeFilter } from "./blazar.ts";
import { CloudError } from "./cloud-error.ts";
import { explainLeaseError } from "./lease-sentence.ts";
import { fromBlazarTime } from "./lease-time.ts";
import { CloudSession } from "./session.ts";
import {
  answerOf,
  readCapture,
  recordedAnswer,
  recordedCredentials,
  recordedNowMs,
  replayedSession,
} from "./testing/replay.ts";
import type { CloudResponse } from "./transport.ts";

const request: LeaseRequest = {
  name: "testbed-mock",
  nodeType: "compute_haswell_ib",
  count: 8,
  start: fromBlazarTime("2026-11-23 12:55"),
  endMs: fromBlazarTime("2026-11-23 13:56"),
};
const wanted = {
  ...request,
  startMs: fromBlazarTime("2026-11-23 12:55"),
  region: "CHI@TACC",
  nearNodeTypes: [],
};

/** The sentence that an answer of Blazar's to a new lease becomes. */
async function sentenceFor(answer: CloudResponse): Promise<string> {
  const { session } = replayedSession([answer]);
  try {
    await new Blazar(session).create(request);
  } catch (error) {
    return (explainLeaseError(error, wanted) as Error).message;
  }
  throw new Error("Blazar took it");
}

describe("a lease", () => {
  test("is asked for in Blazar's words", async () => {
    const { session, requests } = replayedSession([recordedAnswer("lease_lifecycle", "lease create")]);
    const lease = await new Blazar(session).create(request);
    expect(requests[0]).toMatchObject({
      method: "POST",
      url: "http://127.0.0.1:1234/v1/leases",
      body: {
        name: "testbed-mock",
        start_date: "2026-11-23 12:55",
        end_date: "2026-11-23 13:56",
        reservations: [
          {
            resource_type: "physical:host",
            min: 8,
            max: 8,
            resource_properties: '["=","$node_type","compute_haswell_ib"]',
          },
        ],
      },
    });
    expect(lease).toEqual({
      id: "139525fb-b1c8-4880-a638-d8951a6e48bd",
      name: "l-life",
      status: "PENDING",
      startMs: wanted.startMs,
      endMs: wanted.endMs,
      reservation: {
        id: "ce430173-232b-420e-a30a-bb87cfb5d1f9",
        status: "pending",
        nodeType: "compute_haswell_ib",
        count: 2,
      },
    });
  });

  test("is extended by its end, as prolong_for is ignored", async () => {
    const { session, requests } = replayedSession([
      recordedAnswer("lease_update_and_delete_with_servers", "extend ACTIVE lease"),
    ]);
    await new Blazar(session).update("the-id", { endMs: fromBlazarTime("2026-11-23 14:58") });
    expect(requests[0]).toMatchObject({ method: "PUT", body: { end_date: "2026-11-23 14:58" } });
  });

  test("can be read in every state that was recorded", async () => {
    const statuses = new Set<string>();
    const captures = [
      "lease_lifecycle",
      "lease_expiry",
      "lease_start_failure",
      "lease_update_and_delete_with_servers",
    ];
    for (const call of captures.flatMap(readCapture)) {
      const isLease = /\/leases\/[\w-]+$/.test(call.request.url) && call.request.method === "GET";
      if (!isLease || call.response.status !== 200) continue;
      const { session } = replayedSession([answerOf(call)]);
      statuses.add((await new Blazar(session).show("the-id")).status);
    }
    expect([...statuses].sort()).toEqual(
      ["ACTIVE", "DELETING", "ERROR", "PENDING", "STARTING", "TERMINATED", "TERMINATING"].sort(),
    );
  });

  test("the filter has one '='", () => {
    expect(JSON.parse(nodeTypeFilter("gpu_p100"))).toEqual(["=", "$node_type", "gpu_p100"]);
  });
});

describe("what Blazar refuses becomes a sentence", () => {
  test.each([
    [
      "more hosts than exist (min=max=5, 4 hosts)",
      "8 nodes of type compute_haswell_ib are not free from 2026-11-23 12:55 to 2026-11-23 13:56 UTC: Not enough hosts available.",
    ],
    ["unknown node_type", "8 nodes of type compute_haswell_ib are not free from"],
    ["unknown property", 'Blazar at CHI@TACC knows no host property "node_type"'],
    [
      "start in the past",
      "The lease would start at 2026-11-23 12:55 UTC, which is past; right would be a later",
    ],
    ["end before start", "The lease would end at 2026-11-23 13:56 UTC, which is past or before its start;"],
    ["bad date format", "Blazar answers POST /leases with 400: 2026-13-45 99:99 is an invalid date."],
  ])("%s", async (step, sentence) => {
    expect(await sentenceFor(recordedAnswer("lease_errors", step))).toContain(sentence);
  });

  test.each([
    [
      "lease_update_and_delete_with_servers",
      "delete while STARTING",
      "The lease is just starting, ending or being changed",
    ],
    ["lease_update_and_delete_with_servers", "move start of ACTIVE lease", "The lease has started"],
    [
      "lease_start_failure",
      "create while nova is down",
      "Blazar at CHI@TACC had an internal error, as it has when Nova is down",
    ],
  ])("%s: %s", async (capture, step, sentence) => {
    expect(await sentenceFor(recordedAnswer(capture, step))).toContain(sentence);
  });

  test("near node types are named where they are known", () => {
    const error = new CloudError("", 500, "Not enough hosts available");
    const explained = explainLeaseError(error, { ...wanted, nearNodeTypes: ["compute_haswell"] }) as Error;
    expect(explained.message).toContain("(CHI@TACC has types such as compute_haswell)");
  });

  test("an error that is not the cloud's stays what it is", () => {
    const error = new TypeError("a bug");
    expect(explainLeaseError(error, wanted)).toBe(error);
  });
});

describe("who may", () => {
  const answers = (log: CloudResponse, ...others: CloudResponse[]) => {
    const left = [...others];
    return new CloudSession(
      recordedCredentials,
      ({ url }) => Promise.resolve(url.endsWith("/auth/tokens") ? log : (left.shift() ?? log)),
      () => recordedNowMs,
    );
  };
  const token = recordedAnswer("lease_lifecycle", "token from application credential (unrestricted)");

  test("a wrong secret is Keystone's 401, and says where the credential is from", async () => {
    const session = answers(recordedAnswer("auth_errors", "bad application credential secret"));
    const message = session.project().catch((error: Error) => error.message);
    await expect(message).resolves.toMatch(
      /^Keystone at .* does not accept the application credential of the OS_ variables \(401\)/,
    );
    expect(await message).not.toContain(recordedCredentials.applicationCredentialSecret);
  });

  test("a reader's 403 names the person, the project and the role that is missing", async () => {
    const session = answers(token, recordedAnswer("auth_errors", "create as reader (no member role)"));
    await expect(new Blazar(session).create(request)).rejects.toThrow(
      "Blazar does not allow alice in the project CH-000001 to POST /leases (Policy doesn't allow blazar:leases:post to be " +
        "performed); the credential needs the role member",
    );
  });

  test("a token that is refused is renewed once, and no more", async () => {
    const refused = recordedAnswer("auth_errors", "bad token");
    const list = recordedAnswer("lease_lifecycle", "list leases (empty)");
    await expect(new Blazar(answers(token, refused, list)).list()).resolves.toEqual([]);
    await expect(new Blazar(answers(token, refused, refused)).list()).rejects.toThrow(
      "Blazar does not accept the token",
    );
  });
});

describe("clocks", () => {
  const token = recordedAnswer("lease_lifecycle", "token from application credential (unrestricted)");
  const cloudMs = Date.parse("2026-11-23T12:54:09Z");
  const withDate = { ...token, headers: { ...token.headers, date: new Date(cloudMs).toUTCString() } };
  const sessionAt = (localMs: number) =>
    new CloudSession(
      recordedCredentials,
      () => Promise.resolve(withDate),
      () => localMs,
    );

  test("an hour off: times are the cloud's", async () => {
    const session = sessionAt(cloudMs + 3_600_000);
    expect(await session.nowMs()).toBe(cloudMs);
    expect(await session.clockAheadMs()).toBe(3_600_000);
  });

  test("a minute off is within what a log-in may take", async () => {
    const session = sessionAt(cloudMs - 60_000);
    expect(await session.clockAheadMs()).toBe(0);
    expect(await session.nowMs()).toBe(cloudMs - 60_000);
  });

  test("a token that has run out is renewed", async () => {
    let logIns = 0;
    let nowMs = cloudMs;
    const session = new CloudSession(
      recordedCredentials,
      () => {
        logIns += 1;
        return Promise.resolve(token);
      },
      () => nowMs,
    );
    await session.project();
    await session.project();
    expect(logIns).toBe(1);
    nowMs = Date.parse("2026-11-24T12:53:30Z");
    await session.project();
    expect(logIns).toBe(2);
  });
});

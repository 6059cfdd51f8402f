/** What a stack has on a cloud is found without its state, and taken away in an order that leaves nothing. */
import { describe, expect, test } from "vitest";
import { findLeftovers } from "./leftovers.ts";
import { removeLeftovers } from "./remove-leftovers.ts";
import type { CloudSession } from "./session.ts";
import { answered, type Routes, routedSession } from "./testing/routes.ts";
import type { CloudRequest } from "./transport.ts";

const project = "15666340e5e04fc785e10109f0286fc5";

const lease = (id: string, name: string, status = "ACTIVE") => ({
  id,
  name,
  project_id: project,
  status,
  start_date: "2026-11-23T12:00:00.000000",
  end_date: "2026-11-23T14:00:00.000000",
  reservations: [
    {
      id: `reservation-${id}`,
      resource_type: "physical:host",
      status: "active",
      resource_properties: '["=","$node_type","compute_haswell_ib"]',
      min: 2,
      max: 2,
    },
  ],
});
const server = (id: string, stack: string | null, status = "ACTIVE", zone = "") => ({
  id,
  name: `server of ${stack}`,
  status,
  metadata: stack === null ? {} : { "testbed-stack": stack },
  "OS-EXT-AZ:availability_zone": zone,
});
const keyPair = (name: string) => ({ keypair: { name, public_key: "ssh-ed25519 AAAA" } });

/** What a project has of two stacks with names that begin alike, and of somebody else. */
function possessions() {
  return {
    leases: [lease("L1", "testbed-a"), lease("L2", "testbed-ab"), lease("L3", "testbed-a-2")],
    servers: [
      server("S1", "a"),
      server("S2", "a", "ERROR"),
      server("S3", null, "ACTIVE", "blazar_reservation-L1"),
      server("S4", "ab"),
      server("S5", null, "ACTIVE", "blazar_reservation-L2"),
      server("S6", null),
    ],
    ports: [
      { id: "P1", name: "testbed-a-n1", tags: ["testbed-stack=a"] },
      { id: "P2", name: "testbed-a-n2", tags: [] },
      { id: "P3", name: "testbed-ab-n1", tags: ["testbed-stack=ab"] },
      { id: "P4", name: "testbed-ab-n2", tags: [] },
      { id: "P5", name: "testbed-a-n3", tags: ["somebody's"] },
      { id: "P6", name: "testbed-a-n1-of-mine", tags: [] },
    ],
    floatingips: [
      { id: "F1", floating_ip_address: "192.0.2.1", description: "", tags: ["testbed-stack=a"] },
      { id: "F2", floating_ip_address: "192.0.2.2", description: "testbed-a-n2", tags: [] },
      { id: "F3", floating_ip_address: "192.0.2.3", description: "", tags: ["testbed-stack=ab"] },
      { id: "F4", floating_ip_address: "192.0.2.4", description: "", tags: [] },
    ],
    keypairs: [keyPair("testbed-a"), keyPair("testbed-ab"), keyPair("mine")],
  };
}
type Possessions = ReturnType<typeof possessions>;

/** A cloud that has these, and that loses what is deleted. */
function cloudWith(there: Possessions, own: Routes = {}) {
  const without = (kind: Exclude<keyof Possessions, "keypairs">) => (request: CloudRequest) => {
    const id = new URL(request.url).pathname.split("/").at(-1);
    const left = (there[kind] as { id: string }[]).filter((one) => one.id !== id);
    Object.assign(there, { [kind]: left });
    return answered(null, 204);
  };
  const ids = <Kind extends { id: string }>(prefix: string, items: Kind[], answer: Routes[string]) =>
    Object.fromEntries(items.map(({ id }) => [`DELETE ${prefix}/${id}`, answer]));
  return routedSession({
    "GET :1234/v1/leases": () => answered({ leases: there.leases }),
    "GET :8774/v2.1/servers/detail": () => answered({ servers: there.servers }),
    "GET :8774/v2.1/os-keypairs": () => answered({ keypairs: there.keypairs }),
    "GET :9696/v2.0/ports": () => answered({ ports: there.ports }),
    "GET :9696/v2.0/floatingips": () => answered({ floatingips: there.floatingips }),
    ...ids(":1234/v1/leases", there.leases, without("leases")),
    ...ids(":8774/v2.1/servers", there.servers, without("servers")),
    ...ids(":9696/v2.0/ports", there.ports, without("ports")),
    ...ids(":9696/v2.0/floatingips", there.floatingips, without("floatingips")),
    "DELETE :8774/v2.1/os-keypairs/testbed-a": () => {
      there.keypairs = there.keypairs.filter(({ keypair }) => keypair.name !== "testbed-a");
      return answered(null, 202);
    },
    ...own,
  });
}

const deletionsIn = (requests: readonly string[]) =>
  requests.filter((request) => request.startsWith("DELETE")).map((request) => request.split("/").at(-1));

describe("what a stack has left", () => {
  test("is what carries its name or mark, and nothing of a stack whose name only begins alike", async () => {
    const found = await findLeftovers(cloudWith(possessions()).session, "a");
    expect(found.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      "server S1",
      "server S2",
      "server S3",
      "lease L1",
      "floating IP F1",
      "floating IP F2",
      "port P1",
      "port P2",
      "key pair testbed-a",
    ]);
    expect(found.find(({ id }) => id === "L1")?.detail).toBe("ACTIVE, until 2026-11-23 14:00 UTC");
    expect(found.find(({ id }) => id === "S2")?.detail).toBe("ERROR");
  });

  test("a stack's name with a dot is that name and no pattern", async () => {
    const there = { ...possessions(), ports: [{ id: "P1", name: "testbed-aXb-n1", tags: [] }] };
    expect(await findLeftovers(cloudWith(there).session, "a.b")).toEqual([]);
  });

  test("ports and floating IPs are asked for by project: an administrator sees those of all", async () => {
    const asked: string[] = [];
    const own = (kind: string) => (request: CloudRequest) => {
      asked.push(new URL(request.url).searchParams.get("project_id") ?? "");
      return answered({ [kind]: [] });
    };
    const routes = { "GET :9696/v2.0/ports": own("ports"), "GET :9696/v2.0/floatingips": own("floatingips") };
    await findLeftovers(cloudWith(possessions(), routes).session, "a");
    expect(asked).toEqual([project, project]);
  });
});

describe("taking it away", () => {
  const removeAll = async (session: CloudSession) => {
    const told: string[] = [];
    const pause = () => Promise.resolve();
    return {
      told,
      ...(await removeLeftovers(
        session,
        "a",
        () => true,
        ({ id }) => told.push(id),
        pause,
      )),
    };
  };

  test("goes kind after kind, and leaves what is another's", async () => {
    const there = possessions();
    const { session, requests } = cloudWith(there);
    const { left, refusal, told } = await removeAll(session);
    expect([left, refusal]).toEqual([[], undefined]);
    expect(deletionsIn(requests)).toEqual(["S1", "S2", "S3", "L1", "F1", "F2", "P1", "P2", "testbed-a"]);
    expect(told).toEqual(deletionsIn(requests));
    expect(there.servers.map(({ id }) => id)).toEqual(["S4", "S5", "S6"]);
    expect(there.leases.map(({ id }) => id)).toEqual(["L2", "L3"]);
  });

  test("waits out a lease that is STARTING, which Blazar refuses to delete", async () => {
    const there = { ...possessions(), servers: [] };
    let refusals = 3;
    const { session, requests } = cloudWith(there, {
      "DELETE :1234/v1/leases/L1": () => {
        refusals -= 1;
        if (refusals >= 0) return answered({ error_code: 500, error_message: "Invalid lease status." }, 500);
        there.leases = there.leases.filter(({ id }) => id !== "L1");
        return answered(null, 204);
      },
    });
    expect((await removeAll(session)).left).toEqual([]);
    expect(deletionsIn(requests)).toEqual(["L1", "L1", "L1", "L1", "F1", "F2", "P1", "P2", "testbed-a"]);
  });

  test("what never goes is told with the cloud's last refusal", async () => {
    const { session } = cloudWith(possessions(), {
      "DELETE :8774/v2.1/servers/S1": answered({ conflictingRequest: { message: "is locked" } }, 409),
    });
    const { left, refusal } = await removeAll(session);
    expect(left.map(({ id }) => id)[0]).toBe("S1");
    expect(refusal).toBe("Nova answers DELETE /servers/S1 with 409: is locked");
  });

  test("what another has deleted meanwhile is no failure", async () => {
    const there = possessions();
    const { session } = cloudWith(there, {
      "DELETE :9696/v2.0/ports/P1": () => {
        there.ports = there.ports.filter(({ id }) => id !== "P1");
        return answered({ NeutronError: { message: "Port P1 could not be found." } }, 404);
      },
    });
    expect(await removeAll(session)).toMatchObject({ left: [], refusal: undefined });
  });
});

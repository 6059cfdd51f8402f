import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MpiJob, RankSite } from "./launcher.ts";
import { commonNetwork } from "./network.ts";
import { openMpi } from "./openmpi.ts";

function site(node: string, fabricAddress: string, softRoce: boolean): RankSite {
  const placement = { node, commandPrefix: [], fabricAddress, rdmaDevice: "rxe0", rdmaPort: 1 };
  return { placement, networkDevice: `fab-${node}`, softRoce };
}

function job(softRoce: boolean, variables: Record<string, string> = {}): MpiJob {
  const sites = [site("n2", "198.19.0.2", softRoce), site("n1", "198.19.0.1", softRoce)] as const;
  return { sites, ranksPerSite: 2, starter: "mpirun", program: ["testbed_mpi", "latency"], variables };
}

describe("Open MPI", () => {
  test("ranks by place: the same number on each, the starting side as localhost", () => {
    expect(openMpi.startCommand(job(true)).join(" ")).toBe(
      "mpirun --allow-run-as-root -np 4 --host localhost:2,198.19.0.1:2 --map-by ppr:2:node --bind-to none testbed_mpi latency",
    );
  });

  test("each side's variables name its own devices", () => {
    const { sites } = job(true);
    expect(openMpi.variables(job(true), sites[1] as RankSite)).toMatchObject({
      PRTE_MCA_prte_if_include: "198.19.0.0/30",
      UCX_TLS: "rc_v,tcp,self",
      UCX_NET_DEVICES: "rxe0:1,fab-n1",
    });
    expect(openMpi.variables(job(false), site("n1", "198.19.0.1", false))).toMatchObject({
      UCX_TLS: "rc,ud,sm,self",
      UCX_NET_DEVICES: "rxe0:1",
    });
  });

  test("the user's variables win", () => {
    const forced = job(true, { UCX_TLS: "tcp,self" });
    expect(openMpi.variables(forced, forced.sites[0])).toMatchObject({ UCX_TLS: "tcp,self" });
  });

  test("what the agent says is a side that should join, its daemon in the foreground", () => {
    const command = 'PRTE_PREFIX=/usr;export PRTE_PREFIX;/usr/bin/prted --daemonize --prtemca ess "env"';
    const asked = job(true);
    expect(openMpi.joinRequest(`testbed: join 198.19.0.1 ${command}`, asked)).toEqual({
      site: asked.sites[1],
      command: 'PRTE_PREFIX=/usr;export PRTE_PREFIX;/usr/bin/prted --prtemca ess "env"',
    });
    expect(openMpi.joinRequest("testbed: counters before sent_pkts=1", asked)).toBeNull();
    expect(openMpi.joinRequest(`testbed: join 192.0.2.1 ${command}`, asked)).toBeNull();
    expect(openMpi.joinRequest("[n2:123] plm:ssh: Warning: setpgid failed", asked)).toBeNull();
  });
});

describe("the smallest common network", () => {
  test.each([
    [["198.19.0.1"], "198.19.0.1/32"],
    [["198.19.0.1", "198.19.0.2"], "198.19.0.0/30"],
    [["10.0.0.1", "192.168.0.1"], "0.0.0.0/0"],
  ])("of %j is %s", (addresses, network) => {
    expect(commonNetwork(addresses)).toBe(network);
  });

  test("has all its addresses, and no half of it has", () => {
    const address = fc.ipV4().filter((text) => /^\d+\.\d+\.\d+\.\d+$/.test(text));
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 5 }), (addresses) => {
        const [base = "", length = ""] = commonNetwork(addresses).split("/");
        const bits = (text: string): string =>
          text
            .split(".")
            .map((part) => Number(part).toString(2).padStart(8, "0"))
            .join("");
        const prefix = bits(base).slice(0, Number(length));
        expect(addresses.every((text) => bits(text).startsWith(prefix))).toBe(true);
        const next = new Set(addresses.map((text) => bits(text)[Number(length)]));
        expect(length === "32" || next.size === 2).toBe(true);
        expect(bits(base).slice(Number(length))).toBe("0".repeat(32 - Number(length)));
      }),
      { seed: 1 },
    );
  });

  test("refuses what is no IPv4 address", () => {
    expect(() => commonNetwork(["fe80::1"])).toThrow("fe80::1 is no IPv4 address");
  });
});

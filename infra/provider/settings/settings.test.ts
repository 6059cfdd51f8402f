import { describe, expect, test } from "vitest";
import { debianFacts } from "../fixtures/recorded-hosts.ts";
import { journalOf } from "../host/journal.ts";
import { settingNames } from "../host/names.ts";
import { renderUnit } from "../host/persistence.ts";
import { HostFiles } from "../host/snapshot.ts";
import { drivers } from "./drivers.ts";
import { driverVariant, modprobePath, renderMlx4Options } from "./virtual-function-drivers.ts";

describe("soft-RoCE", () => {
  const names = settingNames("dev", "drivers");
  const inputs = { driverStack: "inbox" as const, softRoce: { rdmaDevice: "rxe0", networkDevice: "fab0" } };
  const present = new Set(["/sys/module/rdma_rxe"]);
  const on = (devices: Record<string, string>): HostFiles =>
    new HostFiles(
      new Map(
        Object.entries(devices).map(([name, net]) => [`/sys/class/infiniband/${name}/parent`, `${net}\n`]),
      ),
      new Map(),
      present,
    );
  const restored = (files: HostFiles, moduleLoaded: boolean, networkDevice: string | null): string[] =>
    drivers
      .restore(
        { inputs, names, facts: debianFacts, files },
        { moduleLoaded, networkDevice },
        journalOf(names, [], files, null),
      )
      .flatMap((one) => (one.kind === "run" ? [one.command.join(" ")] : []))
      .filter((line) => !line.startsWith("systemctl"));

  test("goes with its module when that was not loaded before", () => {
    expect(restored(on({ rxe0: "fab0" }), false, null)).toEqual([
      "rdma link delete rxe0",
      "modprobe -r rdma_rxe",
    ]);
    expect(restored(on({ rxe0: "fab0" }), true, null)).toEqual(["rdma link delete rxe0"]);
  });
  test("leaves the module to somebody else's device", () => {
    expect(restored(on({ rxe0: "fab0", rxe9: "eth0" }), false, null)).toEqual(["rdma link delete rxe0"]);
  });
  test("goes back to the network device of before", () => {
    expect(restored(on({ rxe0: "fab0" }), true, "eth0")).toEqual([
      "rdma link delete rxe0",
      "rdma link add rxe0 type rxe netdev eth0",
    ]);
    expect(restored(on({ rxe0: "fab0" }), true, "fab0")).toEqual([]);
  });
  test("on another network device is a change", () => {
    const observed = drivers.observe(inputs, on({ rxe0: "eth0" }), names, debianFacts);
    expect(drivers.compare(inputs, observed)[0]).toMatchObject({
      property: "softRoce",
      from: { networkDevice: "eth0" },
    });
  });
});

describe("mlx4, which takes virtual functions by module parameters", () => {
  const names = settingNames("dev", "virtual-functions-0000:03:00.0");
  const inputs = { pciAddress: "0000:03:00.0", count: 7, hostDriver: "none" as const };
  const variant = driverVariant("mlx4_core");

  test("gets a modprobe.d file as in rdma-core's own", () => {
    expect(renderMlx4Options(inputs)).toBe("options mlx4_core num_vfs=7 probe_vf=0\n");
    expect(renderMlx4Options({ count: 7, hostDriver: "default" })).toBe(
      "options mlx4_core num_vfs=7 probe_vf=7\n",
    );
    expect(variant?.apply(new HostFiles(new Map()), names, inputs).map((one) => one.kind)).toEqual([
      "install",
      "install",
      "run",
    ]);
    const files = new HostFiles(new Map([[modprobePath(names), renderMlx4Options(inputs)]]));
    expect(variant?.isPersisted(files, names, inputs)).toBe(true);
  });

  test("is refused when loading the driver anew would cut us off", () => {
    const [adapter] = debianFacts.adapters;
    if (adapter === undefined) throw new Error("the recorded host has an adapter");
    expect(variant?.refuse("n1", { ...adapter, carriesManagement: true }, [])).toContain(
      "must be loaded anew",
    );
    expect(variant?.refuse("n1", adapter, ["mlx4_core"])).toContain("must be loaded anew");
    expect(variant?.refuse("n1", adapter, ["igb", "mlx5_core"])).toBeNull();
  });

  test("an adapter without a driver has no variant", () => {
    expect(driverVariant("")).toBeNull();
  });
});

test("a boot unit is one line of a whole script", () => {
  const names = settingNames("dev", "virtual-functions-0000:01:00.0");
  const boot = {
    description: "2 functions",
    script: "virtual-functions.sh",
    arguments: ["0000:01:00.0", "2", "0"],
  };
  expect(renderUnit(names, boot)).toContain(
    "ExecStart=/bin/sh /var/lib/hpc-virtualization-testbed/scripts/dev/virtual-functions-0000-01-00.0.sh 0000:01:00.0 2 0\n",
  );
});

import { describe, expect, test } from "vitest";
import type { FakeHost } from "../fixtures/fake-host.ts";
import { debianFacts, debianFiles, type FamilyName, familyHost } from "../fixtures/recorded-hosts.ts";
import { journalOf } from "../host/journal.ts";
import { settingNames } from "../host/names.ts";
import { HostFiles } from "../host/snapshot.ts";
import { Hosts } from "../hosts.ts";
import type { CallContext } from "../resource-type.ts";
import { SettingResource } from "../setting-resource.ts";
import { cpuFrequency } from "./cpu-frequency.ts";
import { chooseTunedProfile, restoreTunedProfile, wantsPerformance } from "./tuned.ts";

const names = settingNames("dev", "cpu-frequency");
const governor = (cpu: number): string => `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_governor`;

describe("governors", () => {
  test("are as wanted where the kernel does not scale, and nothing is installed for it", () => {
    const observed = cpuFrequency.observe({ mode: "performance" }, debianFiles(), names, debianFacts);
    expect(observed).toEqual({ mode: "performance", persisted: true });
    expect(cpuFrequency.compare({ mode: "performance" }, observed)).toEqual([]);
  });

  test("are restored one by one", () => {
    const before = new HostFiles(
      new Map([
        [governor(0), "powersave\n"],
        [governor(1), "ondemand\n"],
      ]),
    );
    const observed = cpuFrequency.observe({ mode: "performance" }, before, names, debianFacts);
    expect(observed.mode).toBe("ondemand,powersave");
    const remembered = cpuFrequency.remember({ mode: "performance" }, before);
    const now = new HostFiles(
      new Map([
        [governor(0), "performance\n"],
        [governor(1), "ondemand\n"],
      ]),
    );
    const context = { inputs: { mode: "performance" as const }, names, facts: debianFacts, files: now };
    const operations = cpuFrequency.restore(context, remembered, journalOf(names, [], before, remembered));
    expect(operations[0]).toEqual({ kind: "write", path: governor(0), value: "powersave" });
    expect(operations.filter((one) => one.kind === "write")).toHaveLength(1);
  });
});

describe("tuned", () => {
  const inputs = {
    stack: "dev",
    host: "n1",
    source: "existing",
    connection: { address: "192.0.2.1", user: "root" },
    socketDirectory: "/nonexistent",
    mode: "performance",
  };
  const context: CallContext = { log: () => undefined, signal: new AbortController().signal };

  /** A host on which tuned-adm and the boot script do what they do. */
  function host(family: FamilyName): FakeHost {
    const setGovernors = (self: FakeHost, value: string): void => {
      for (const cpu of [0, 1]) self.contents.set(governor(cpu), `${value}\n`);
    };
    const setProfile = (self: FakeHost, profile: string, mode: string): void => {
      self.contents.set("/etc/tuned/active_profile", `${profile}\n`);
      self.contents.set("/etc/tuned/profile_mode", `${mode}\n`);
      setGovernors(self, wantsPerformance(profile) ? "performance" : "powersave");
    };
    return familyHost(family, (self, words) => {
      const [program, verb, word] = words;
      if (program === "systemctl" && word === "enable") {
        self.present.add(`/etc/systemd/system/multi-user.target.wants/${words[3]}`);
      }
      if (program === "tuned-adm" && verb === "profile") setProfile(self, word ?? "", "manual");
      if (program === "tuned-adm" && verb === "auto_profile") setProfile(self, "balanced", "auto");
      if (program === "/bin/sh") setGovernors(self, words[2] ?? "");
    });
  }
  const resourceOn = (on: FakeHost) => new SettingResource(cpuFrequency, new Hosts(() => on));

  test("is given a profile that wants full frequency, is seen to drift, and gets its own choice back", async () => {
    const on = host("rocky-8.6");
    const before = new Map(on.contents);
    const resource = resourceOn(on);
    const { id, state } = await resource.create(inputs, context);
    expect(on.commands()[0]).toBe("tuned-adm profile latency-performance");
    expect(state).toMatchObject({
      mode: "performance",
      tunedProfile: "latency-performance",
      persisted: true,
    });
    const made = { id, inputs, state };
    expect(await resource.diff(made, inputs, context)).toEqual([]);

    on.contents.set("/etc/tuned/active_profile", "powersave\n");
    const drifted = { ...made, state: (await resource.read(made)) ?? {} };
    expect(await resource.diff(drifted, inputs, context)).toEqual([
      { property: "tunedProfile", replace: false },
    ]);

    await resource.delete(drifted, context);
    expect(on.commands()).toContain("tuned-adm auto_profile");
    expect(Object.fromEntries(on.contents)).toEqual(Object.fromEntries(before));
  });

  test("is left alone when its profile wants full frequency already", async () => {
    const on = host("rocky-9.5");
    await resourceOn(on).create(inputs, context);
    expect(on.commands().filter((line) => line.startsWith("tuned-adm"))).toEqual([]);
  });

  test("that is not started at boot, or has nothing to rule, does not count", async () => {
    const on = host("rocky-8.6");
    on.present.delete("/etc/systemd/system/multi-user.target.wants/tuned.service");
    expect((await resourceOn(on).create(inputs, context)).state).not.toHaveProperty("tunedProfile");
    const still = host("rocky-8.6");
    for (const cpu of [0, 1]) still.contents.delete(governor(cpu));
    expect((await resourceOn(still).create(inputs, context)).state).not.toHaveProperty("tunedProfile");
  });

  test.each([
    [{ profile: "hpc-site", mode: "manual" }, "tuned-adm profile hpc-site"],
    [{ profile: "balanced site", mode: "manual" }, "tuned-adm profile balanced site"],
    [{ profile: "", mode: "manual" }, "tuned-adm off"],
    [{ profile: "latency-performance", mode: "manual" }, undefined],
    [null, undefined],
  ])("goes back to %j by %j", (before, command) => {
    const now = { profile: "latency-performance", mode: "manual" };
    const [operation] = restoreTunedProfile(now, before);
    expect(operation?.kind === "run" ? operation.command.join(" ") : operation).toBe(command);
  });

  test("of several profiles the last one counts", () => {
    expect(chooseTunedProfile({ profile: "balanced throughput-performance", mode: "manual" })).toEqual([]);
    expect(chooseTunedProfile({ profile: "throughput-performance balanced", mode: "manual" })).toHaveLength(
      1,
    );
  });
});

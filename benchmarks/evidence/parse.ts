/** Reads what environment.sh and node.sh print. Pure; a fact that was not printed is null. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { create } from "xmlbuilder2";
import type { Evidence, GuestEvidence, NodeEvidence, Program } from "./evidence.ts";
import { chooseGid, type Gid } from "./gids.ts";

/** What an environment says of itself, and what it lacks. */
export interface EnvironmentReport {
  readonly evidence: Omit<Evidence, "node">;
  /** Why no verbs test can run there; null when it can. */
  readonly rdmaProblem: string | null;
  readonly missingPrograms: readonly string[];
  readonly missingTools: readonly string[];
}

/** The lines of a report by their key; each value is what stands behind the key. */
function linesByKey(text: string): (key: string) => string[] {
  const lines = text.split("\n").map((line) => {
    const blank = line.indexOf(" ");
    return blank === -1
      ? { key: line, value: "" }
      : { key: line.slice(0, blank), value: line.slice(blank + 1) };
  });
  const values = Map.groupBy(lines, ({ key }) => key);
  return (key) => (values.get(key) ?? []).map(({ value }) => value.trim());
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** A whole number at the beginning of a text. */
function wholeNumber(text: string | null): number | null {
  const digits = /^\d+/.exec(text ?? "");
  return digits === null ? null : Number(digits[0]);
}

/** How many processors a list such as 0-3,8 names. */
export function countProcessors(list: string | null): number | null {
  if (list === null || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return null;
  return list
    .split(",")
    .map((range) => range.split("-").map(Number))
    .reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0);
}

/**
 * Reads what environment.sh printed.
 * @param place where the benchmark will run, as the activation found it
 * @param sources where each program that was asked for is from
 * @throws Error when it is no such report
 */
export function parseEnvironment(
  text: string,
  place: { readonly rdmaDevice: string; readonly rdmaPort: number; readonly fabricAddress: string },
  sources: ReadonlyMap<string, string | null> = new Map(),
): EnvironmentReport {
  const all = linesByKey(text);
  const first = (key: string): string | null => all(key)[0] || null;
  if (first("kernel") === null) throw new Error("environment.sh printed no report");
  const linkLayer = first("link-layer");
  const gid = chooseGid({ linkLayer, gids: parseGids(all("gid")) }, place.fabricAddress);
  const networkDevice = gid?.networkDevice ?? null;
  /** A fact of one device; its rows begin with the device's name. */
  const ofDevice = (key: string, name: string | null): string | null =>
    all(key)
      .map(nameAndRest)
      .find(([device]) => device === name)?.[1] || null;
  // Soft-RoCE has no hardware but that of its network device.
  const hardware = (key: string): string | null =>
    ofDevice(`rdma-${key}`, place.rdmaDevice) ?? ofDevice(`network-${key}`, networkDevice);
  const vendor = hardware("vendor")?.replace(/^0x/, "");
  const device = hardware("device")?.replace(/^0x/, "");
  const flags = words(first("cpu-flags") ?? "").sort();
  const software = first("soft-roce");
  const rdmaProblem =
    linkLayer === null
      ? `no RDMA device ${place.rdmaDevice} with port ${place.rdmaPort}`
      : gid === undefined
        ? `no RoCE v2 GID for ${place.fabricAddress} on ${place.rdmaDevice}`
        : null;
  return {
    evidence: {
      kernelRelease: first("kernel"),
      kernelCommandLine: first("command-line"),
      processor: {
        model: first("cpu-model"),
        online: first("cpus-online"),
        count: countProcessors(first("cpus-online")),
        flags,
        flagsSha256: flags.length === 0 ? null : createHash("sha256").update(flags.join(" ")).digest("hex"),
        governors: [...new Set(all("governor"))].sort(),
        vulnerabilities: Object.fromEntries(all("vulnerability").map(nameAndRest)),
        numaNodes: first("numa-nodes"),
        allowed: first("cpus-allowed"),
      },
      memory: {
        totalKib: wholeNumber(first("memory-kib")),
        hugePages: all("huge-pages")
          .map((row) => words(row).map((word) => Number.parseInt(word, 10)))
          .flatMap(([sizeKib, total]) =>
            Number.isInteger(sizeKib) && Number.isInteger(total)
              ? [{ sizeKib: sizeKib as number, total: total as number }]
              : [],
          )
          .sort((a, b) => a.sizeKib - b.sizeKib),
        transparentHugePages: /\[(.*)\]/.exec(first("transparent-huge-pages") ?? "")?.[1] ?? null,
        lockedLimit: first("locked-limit"),
      },
      adapter: {
        vendorDevice: vendor === undefined || device === undefined ? null : `${vendor}:${device}`,
        driver: hardware("driver"),
        driverVersion: hardware("driver-version"),
        firmware: first("firmware"),
        networkDevice,
        networkMtuBytes: wholeNumber(ofDevice("network-mtu", networkDevice)),
        softRoce: software === null ? null : software === "yes",
        pathMtuBytes: wholeNumber(first("path-mtu")),
        linkLayer,
        linkState: first("link-state"),
        rate: first("link-rate"),
        gidIndex: gid?.index ?? null,
        gidType: gid?.type ?? null,
      },
      capabilities: first("capabilities"),
      clockSource: first("clock-source"),
      hypervisor: {
        guest: flags.length === 0 ? null : flags.includes("hypervisor"),
        product: first("product"),
      },
      programs: parsePrograms(text, all, sources),
    },
    rdmaProblem,
    missingPrograms: all("no-program"),
    missingTools: all("no-tool"),
  };
}

function nameAndRest(row: string): [string, string] {
  const [name = ""] = row.split(" ");
  return [name, row.slice(name.length + 1)];
}

function parseGids(rows: readonly string[]): Gid[] {
  return rows.map((row) => {
    const [index, gid = "", network, ...type] = words(row);
    const known = (text: string | undefined): string | null =>
      text === undefined || text === "" || text === "-" ? null : text;
    return { index: Number(index), gid, networkDevice: known(network), type: known(type.join(" ")) };
  });
}

/** sha256sum prints DIGEST and path of all programs in one go. A program without a digest was not read: it is left out. */
function parsePrograms(
  text: string,
  all: (key: string) => string[],
  sources: ReadonlyMap<string, string | null>,
): Program[] {
  const digests = new Map(
    [...text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map(([, digest = "", path = ""]) => [path, digest]),
  );
  const versions = new Map(all("version").map(nameAndRest));
  const packageVersions = new Map(all("package").map(nameAndRest));
  const owners = new Map(
    all("owner")
      .map(nameAndRest)
      .map(([owner, path]) => [path, owner]),
  );
  return all("program").flatMap((row): Program[] => {
    const [asked, path] = nameAndRest(row);
    const sha256 = digests.get(path);
    if (sha256 === undefined) return [];
    const owner = owners.get(path);
    return [
      {
        name: basename(asked),
        path,
        source: sources.get(asked) ?? null,
        sha256,
        version: versions.get(asked) ?? null,
        package: owner === undefined ? null : [owner, packageVersions.get(owner)].filter(Boolean).join(" "),
      },
    ];
  });
}

/** Reads what node.sh printed. */
export function parseNode(text: string): NodeEvidence {
  const [own = "", libvirt = ""] = text.split(/^libvirt\n/m, 2);
  const all = linesByKey(own);
  const first = (key: string): string | null => all(key)[0] || null;
  const domain = /^<domain [\s\S]*<\/domain>$/m.exec(libvirt)?.[0];
  const hypervisor = /^Running hypervisor: (.+)$/m.exec(libvirt)?.[1]?.trim() ?? null;
  return {
    kernelRelease: first("kernel"),
    kernelCommandLine: first("command-line"),
    governors: [...new Set(all("governor"))].sort(),
    iommuGroupType: first("iommu-group-type"),
    containerRuntime: first("container-runtime"),
    guest: domain === undefined ? null : parseDomain(domain, hypervisor),
  };
}

/** Reads a running domain's description, where pins and memory are those in force. */
function parseDomain(xml: string, hypervisor: string | null): GuestEvidence {
  const elements = (
    create(xml)
      .root()
      .filter(() => true, false, true) as readonly { node: unknown }[]
  ).map(({ node }) => node as XmlElement);
  const named = (name: string, parent: string): XmlElement[] =>
    elements.filter((element) => element.nodeName === name && element.parentNode?.nodeName === parent);
  const attribute = (element: XmlElement | undefined, name: string): string | null =>
    element?.getAttribute(name) || null;
  const memory = named("memory", "numatune")[0];
  const pages = named("page", "hugepages").map(
    (page) => `hugepages ${attribute(page, "size") ?? "?"} ${attribute(page, "unit") ?? "KiB"}`,
  );
  const backing = elements
    .filter((element) => element.parentNode?.nodeName === "memoryBacking")
    .flatMap((element) => {
      if (element.nodeName === "hugepages" && pages.length > 0) return pages;
      const detail = attribute(element, "type") ?? attribute(element, "mode");
      return element.nodeName.startsWith("#") ? [] : [[element.nodeName, detail].filter(Boolean).join(" ")];
    });
  return {
    accelerator: /<domain [^>]*\btype=['"](\w+)['"]/.exec(xml)?.[1] ?? null,
    machine: attribute(named("type", "os")[0], "machine"),
    hypervisor,
    cpuMode: attribute(named("cpu", "domain")[0], "mode"),
    virtualCpuPins: named("vcpupin", "cputune").map(
      (pin) => `${attribute(pin, "vcpu") ?? "?"}:${attribute(pin, "cpuset") ?? "?"}`,
    ),
    emulatorPin: attribute(named("emulatorpin", "cputune")[0], "cpuset"),
    memoryNodes:
      memory === undefined
        ? null
        : `${attribute(memory, "mode") ?? "strict"} ${attribute(memory, "nodeset") ?? attribute(memory, "placement") ?? "?"}`,
    memoryBacking: backing,
  };
}

/** What is used here of a DOM element. */
interface XmlElement {
  readonly nodeName: string;
  readonly parentNode: { readonly nodeName: string } | null;
  getAttribute(name: string): string | null;
}

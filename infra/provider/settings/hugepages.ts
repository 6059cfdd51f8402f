/** Huge pages of one size, set aside for guests. */
import * as z from "zod";
import { restoreFiles } from "../host/journal.ts";
import {
  type BootScript,
  isPersisted,
  persist,
  persistedPaths,
  persistenceRequests,
  reloadUnits,
  runNow,
  unlinkUnit,
} from "../host/persistence.ts";
import { contentOf } from "../host/snapshot.ts";
import { changesOf, type Setting } from "../setting.ts";

const inputsSchema = z.strictObject({
  sizeKib: z.int("must be a page size in KiB, as 2048").min(4),
  count: z.int("must be a whole number of at least 0").min(0, "must be a whole number of at least 0"),
});
type HugepagesInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({ count: z.int(), persisted: z.boolean() });
const beforeSchema = z.strictObject({ count: z.int() });

export const hugepages: Setting<
  HugepagesInputs,
  z.infer<typeof observedSchema>,
  z.infer<typeof beforeSchema>
> = {
  type: "Hugepages",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: ["sizeKib"],

  key: (inputs) => `hugepages-${inputs.sizeKib}`,

  refuse(host, inputs, facts) {
    if (!facts.hugepageSizesKib.includes(inputs.sizeKib)) {
      const sizes = facts.hugepageSizesKib.map((size) => `${size} KiB`).join(", ") || "none";
      const reason = `${host} has no huge pages of ${inputs.sizeKib} KiB; its sizes are: ${sizes}`;
      return [{ property: "sizeKib", reason }];
    }
    const askedMib = (inputs.sizeKib * inputs.count) / 1024;
    if (askedMib >= facts.memoryMib) {
      const reason = `${inputs.count} huge pages of ${inputs.sizeKib} KiB take ${askedMib} MiB; ${host} has ${facts.memoryMib} MiB of memory in all`;
      return [{ property: "count", reason }];
    }
    return [];
  },

  requests: (inputs, names) => [contentOf(poolPath(inputs)), ...persistenceRequests(names)],

  observe: (inputs, files, names) => ({
    count: Number(files.value(poolPath(inputs)) ?? 0),
    persisted: isPersisted(files, names, bootScript(inputs)),
  }),

  compare: (inputs, observed) => changesOf(observed, { count: inputs.count, persisted: true }),

  writes: (_inputs, names) => persistedPaths(names),

  remember: (inputs, files) => ({ count: Number(files.value(poolPath(inputs)) ?? 0) }),

  apply({ inputs, names, files }) {
    const boot = bootScript(inputs);
    const install = isPersisted(files, names, boot) ? [] : persist(names, boot);
    return [...install, runNow(names, boot)];
  },

  restore: ({ inputs, names, files }, before, journal) => [
    ...(files.has(poolPath(inputs))
      ? [{ kind: "write", path: poolPath(inputs), value: String(before.count) } as const]
      : []),
    ...unlinkUnit(names),
    ...restoreFiles(journal),
    reloadUnits,
  ],
};

/** The kernel's count of pages (Linux admin-guide/mm/hugetlbpage.rst). */
function poolPath(inputs: HugepagesInputs): string {
  return `/sys/kernel/mm/hugepages/hugepages-${inputs.sizeKib}kB/nr_hugepages`;
}

function bootScript(inputs: HugepagesInputs): BootScript {
  return {
    description: `${inputs.count} huge pages of ${inputs.sizeKib} KiB`,
    script: "hugepages.sh",
    arguments: [String(inputs.sizeKib), String(inputs.count)],
  };
}

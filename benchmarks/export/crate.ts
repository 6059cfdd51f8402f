/**
 * ro-crate-metadata.json: what the exported folder is, as an RO-Crate 1.1 of the profile Process Run Crate 0.5
 * (https://w3id.org/ro/crate/1.1, https://w3id.org/ro/wfrun/process/0.5): one run, with what it was done by, from what, and what came of it.
 */
import { projectName } from "../../infra/paths.ts";
import type { AnyResultSet } from "../result-set/result-set.ts";
import type { ExportedFile } from "./data-package.ts";

/** Who did the run, and under what licence its data may be used: only the user knows. */
export interface CrateOptions {
  /** URL of the licence; null: the crate says that none is named. */
  readonly license: string | null;
  readonly agent: { readonly name: string; readonly url: string | null } | null;
}

/** A file of the crate with what it is to the run. */
export interface CrateFile extends ExportedFile {
  readonly title: string;
  readonly encodingFormat: string;
  /** `object`: what the run was made from; `result`: what it gave; `table`: made of that afterwards. */
  readonly part: "object" | "result" | "table";
}

/** RO-Crate wants a licence or a sentence in its place; this one grants nothing. */
const noLicense = "No licence is named: ask whoever made the run before using its data.";

interface Entity {
  readonly "@id": string;
  readonly "@type": string;
  readonly [property: string]: unknown;
}

const crateVersion = "https://w3id.org/ro/crate/1.1";
const profile = "https://w3id.org/ro/wfrun/process/0.5";
const testbedId = `#${projectName}`;

/** The metadata document. Dates are those of the run, so that the same run always gives the same crate. */
export function crateMetadata(
  set: AnyResultSet,
  files: readonly CrateFile[],
  exporterVersion: string,
  options: CrateOptions,
) {
  const programs = programEntities(set);
  const agent = agentEntity(options);
  const license = licenseEntity(options);
  const action = actionEntity(set, files, programs, agent);
  return {
    // RO-Crate 1.1 has no term for digests; schema.org has.
    "@context": [`${crateVersion}/context`, { sha256: "http://schema.org/sha256" }],
    "@graph": [
      {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        conformsTo: { "@id": crateVersion },
        about: { "@id": "./" },
      },
      rootEntity(set, files, action, license, agent),
      { "@id": profile, "@type": "CreativeWork", name: "Process Run Crate", version: "0.5" },
      action,
      {
        "@id": testbedId,
        "@type": "SoftwareApplication",
        name: projectName,
        description: `Made the run; the run does not record which version did. Version ${exporterVersion} wrote this crate.`,
      },
      ...programs,
      ...[agent, license].filter((entity) => entity !== null),
      ...files.map(fileEntity),
    ] satisfies Entity[],
  };
}

function rootEntity(
  { fidelity, origin, results, plan }: AnyResultSet,
  files: readonly CrateFile[],
  action: Entity,
  license: Entity | null,
  agent: Entity | null,
): Entity {
  const reach =
    origin === "synthetic"
      ? "SYNTHETIC: from a formula, nothing was measured."
      : fidelity === "emulated"
        ? "EMULATED nodes: the numbers say nothing about the speed of hardware."
        : "Measured on hardware.";
  return {
    "@id": "./",
    "@type": "Dataset",
    name: `Run ${results.runId} of stack ${results.stack}, ${fidelity}`,
    description: `${plan.suite.benchmarks.join(", ")} in the environments ${plan.suite.environments.join(", ")}. ${reach}`,
    keywords: [fidelity, origin, ...plan.suite.environments].join(", "),
    datePublished: results.finished,
    conformsTo: { "@id": profile },
    license: license === null ? noLicense : reference(license),
    ...(agent === null ? {} : { author: reference(agent) }),
    hasPart: files.map(({ path }) => ({ "@id": idOf(path) })),
    mentions: reference(action),
  };
}

function actionEntity(
  { results, plan }: AnyResultSet,
  files: readonly CrateFile[],
  programs: readonly Entity[],
  agent: Entity | null,
): Entity {
  const { runId, stack, started, finished, counts } = results;
  const partIds = (part: CrateFile["part"]) =>
    files.filter((file) => file.part === part).map(({ path }) => ({ "@id": idOf(path) }));
  return {
    "@id": `#run-${runId}`,
    "@type": "CreateAction",
    name: `Run of the benchmark suite on stack ${stack}`,
    description: `${counts.launchesValid} of ${counts.launchesPlanned} launches count, in randomised blocks with seed ${plan.suite.seed}; plan ${plan.planDigest}.`,
    ...(started === null ? {} : { startTime: zoned(started) }),
    ...(finished === null ? {} : { endTime: zoned(finished) }),
    actionStatus: "http://schema.org/CompletedActionStatus",
    instrument: [{ "@id": testbedId }, ...programs.map(reference)],
    object: partIds("object"),
    result: partIds("result"),
    ...(agent === null ? {} : { agent: reference(agent) }),
  };
}

/** The benchmarks' programs as the environments had them: one for each digest. */
function programEntities({ events }: AnyResultSet): Entity[] {
  const found = events.flatMap((event) =>
    event.event === "evidence"
      ? event.evidence.programs.map((program) => ({ ...program, environment: event.environment }))
      : [],
  );
  return [...Map.groupBy(found, ({ name, sha256 }) => `${name}-${sha256.slice(0, 12)}`)].flatMap(
    ([id, places]) => {
      const [first] = places;
      if (first === undefined) return [];
      const environments = [...new Set(places.map(({ environment }) => environment))];
      return [
        {
          "@id": `#${id}`,
          "@type": "SoftwareApplication",
          name: first.name,
          ...(first.version === null ? {} : { softwareVersion: first.version }),
          description: `${first.path} in ${environments.join(", ")}`,
          identifier: `sha256:${first.sha256}`,
        },
      ];
    },
  );
}

function agentEntity({ agent }: CrateOptions): Entity | null {
  if (agent === null) return null;
  return { "@id": agent.url ?? "#agent", "@type": "Person", name: agent.name };
}

function licenseEntity({ license }: CrateOptions): Entity | null {
  return license === null ? null : { "@id": license, "@type": "CreativeWork", name: license };
}

function fileEntity({ path, title, encodingFormat, bytes, sha256 }: CrateFile): Entity {
  return {
    "@id": idOf(path),
    "@type": "File",
    name: title,
    encodingFormat,
    contentSize: String(bytes),
    sha256,
  };
}

/** The profile wants times with an offset, which "Z" is none of. */
function zoned(time: string): string {
  return time.replace(/Z$/, "+00:00");
}

function reference({ "@id": id }: Entity): { readonly "@id": string } {
  return { "@id": id };
}

/** A path as the relative URI that RO-Crate names it by. */
function idOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

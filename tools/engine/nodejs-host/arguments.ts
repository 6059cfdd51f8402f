import { join } from "node:path";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb.js";

/** The command line after `node` that runs a Pulumi program, as Pulumi's own Node.js host would give it. */
export function programArguments(request: RunRequest, runner: string, engineAddress: string): string[] {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getPwd();
  const entryPoint = info?.getEntryPoint() || ".";
  return [
    runner,
    ...option("monitor", request.getMonitorAddress()),
    ...option("engine", engineAddress),
    ...option("organization", request.getOrganization()),
    ...option("project", request.getProject()),
    ...option("root-directory", info?.getRootDirectory() ?? ""),
    ...option("stack", request.getStack()),
    ...option("pwd", request.getPwd()),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ...option("query-mode", String(request.getQuerymode())),
    ...option("parallel", String(request.getParallel())),
    join(folder, entryPoint),
    ...request.getArgsList(),
  ];
}

function option(name: string, value: string): string[] {
  return value === "" ? [] : [`--${name}`, value];
}

/** The variables through which a Node.js program is handed its stack's configuration. */
export function programConfiguration(request: RunRequest): Record<string, string> {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

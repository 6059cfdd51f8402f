/**
 * The language host `pulumi-language-nodejs` of the built engine.
 *
 * Pulumi's own host is not to be had from a package registry. This one does what running a program takes: it starts
 * the program under this very Node.js with Pulumi's own runner. It neither installs nor generates packages.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import languageServices from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { whenOrphaned } from "../orphan.ts";
import { programArguments, programConfiguration } from "./arguments.ts";
import { type PulumiPackage, requiredPackages } from "./packages.ts";

/** The exit status of Pulumi's runner when it has already told the user what went wrong. */
const BAIL = 32;
/** Messages carry whole resources, so the usual 4 MB are too few. */
const MESSAGE_LIMIT = 400 * 1024 * 1024;

const require = createRequire(import.meta.url);
const runner = require.resolve("@pulumi/pulumi/cmd/run");
const { version } = require("@pulumi/pulumi/package.json") as { version: string };
const running = new Set<ChildProcess>();
let engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

const service: UntypedServiceImplementation = {
  handshake: answer((request: language.LanguageHandshakeRequest) => {
    engineAddress = request.getEngineAddress() || engineAddress;
    return new language.LanguageHandshakeResponse();
  }),
  getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),
  // Newer engines ask for packages instead.
  getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
  getRequiredPackages: answer(async (request: language.GetRequiredPackagesRequest) => {
    const packages = await requiredPackages(request.getInfo()?.getProgramDirectory() ?? process.cwd());
    return new language.GetRequiredPackagesResponse().setPackagesList(packages.map(dependencyOn));
  }),
  getProgramDependencies: answer(() => new language.GetProgramDependenciesResponse()),
  runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
  about: answer(() =>
    new language.AboutResponse().setExecutable(process.execPath).setVersion(process.versions.node),
  ),
  run: answer(run),
  cancel: answer(() => {
    endPrograms();
    return new empty.Empty();
  }),
};

/** Runs the program to its end. Its output goes to ours, which the engine shows. */
async function run(request: language.RunRequest): Promise<language.RunResponse> {
  const child = spawn(process.execPath, programArguments(request, runner, engineAddress), {
    cwd: request.getPwd(),
    env: { ...process.env, ...programConfiguration(request) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  running.add(child);
  try {
    const [status, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    const response = new language.RunResponse();
    if (status === BAIL) return response.setBail(true);
    if (status === 0) return response;
    return response.setError(`the program ended with ${signal ?? `exit status ${status}`}`);
  } finally {
    running.delete(child);
  }
}

function endPrograms(): void {
  for (const child of running) child.kill("SIGTERM");
}

function dependencyOn({ name, version, parameterization }: PulumiPackage): plugin.PackageDependency {
  const dependency = new plugin.PackageDependency().setName(name).setKind("resource").setVersion(version);
  if (parameterization === undefined) return dependency;
  return dependency.setParameterization(
    new plugin.PackageParameterization()
      .setName(parameterization.name)
      .setVersion(parameterization.version)
      .setValue(parameterization.value),
  );
}

/** Turns a function of the request into a gRPC handler. */
function answer<Request, Response>(handle: (request: Request) => Response | Promise<Response>) {
  return async (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => {
    try {
      reply(null, await handle(call.request));
    } catch (error) {
      reply(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

whenOrphaned(() => {
  endPrograms();
  process.exit(1);
});

const server = new Server({
  "grpc.max_receive_message_length": MESSAGE_LIMIT,
  "grpc.max_send_message_length": MESSAGE_LIMIT,
});
server.addService(languageServices.LanguageRuntimeService, service);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
});

import { credentials } from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";

/** Shows a line to the user as information about a resource. */
export type Log = (urn: string, line: string) => void;

/** A log to the engine that started this plugin; without an engine, to nowhere. */
export function engineLog(address: string | undefined): Log {
  if (!address) return () => {};
  const client = new engineServices.EngineClient(address, credentials.createInsecure());
  return (urn, line) => {
    const request = new engine.LogRequest()
      .setSeverity(engine.LogSeverity.INFO)
      .setMessage(`${line}\n`)
      .setUrn(urn);
    // A line that can't be shown is no reason to fail the command.
    client.log(request, () => {});
  };
}

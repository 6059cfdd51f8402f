/** Messages to the engine, which shows them at the resource they are about, in previews too. */
import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

/** Sends one message about the resource `urn`. */
export type EngineLog = (urn: string, severity: "info" | "warning", message: string) => void;

/** @param address where the engine listens, as `127.0.0.1:41235` */
export function engineLog(address: string): EngineLog {
  const client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  return (urn, severity, message) => {
    const { INFO, WARNING } = engineMessages.LogSeverity;
    const request = new engineMessages.LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity === "info" ? INFO : WARNING);
    request.setMessage(message);
    // A message that is lost changes nothing: the engine may be going already.
    client.log(request, () => undefined);
  };
}

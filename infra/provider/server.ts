/**
 * The gRPC side of the provider. `pulumi.provider.main` would serve too, but it hands on neither single changed
 * properties, nor former inputs, nor previews of outputs, and prints stacks beside every error.
 */
import grpc from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import errorStatus from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { EngineLog } from "./engine-log.ts";
import {
  type CallContext,
  PartialCreateError,
  type ResourceState,
  type ResourceType,
} from "./resource-type.ts";
import { type Properties, withoutSecret, withoutUndefined } from "./values.ts";

type Struct = struct.Struct;

/** The provider's version, as its SDK would carry it. */
const version = "0.1.0";

/** Serves resource types on a free port of 127.0.0.1 and returns the port. */
export async function serve(types: readonly ResourceType[], log: EngineLog): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": 64 * 1024 * 1024 });
  server.addService(providerGrpc.ResourceProviderService, handlers(types, log));
  return await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** Turns a function from request to response into a gRPC handler, and errors into sentences. */
function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(failure(error)),
      );
  };
}

function handlers(types: readonly ResourceType[], log: EngineLog): grpc.UntypedServiceImplementation {
  const find = (urn: string): ResourceType => {
    // urn:pulumi:STACK::PROJECT::PARENT-TYPE$TYPE::NAME
    const token = urn.split("::")[2]?.split("$").at(-1);
    const type = types.find((one) => one.token === token);
    if (type === undefined) throw new Error(`the testbed provider has no resource type ${token}`);
    return type;
  };
  const interruption = new AbortController();
  const context = (urn: string): CallContext => ({
    signal: interruption.signal,
    log: (severity, message) => log(urn, severity, message),
  });

  return {
    getPluginInfo: unary(() => new pluginMessages.PluginInfo().setVersion(version)),
    getSchema: unary(() =>
      new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: "testbed", version })),
    ),
    checkConfig: unary((request: messages.CheckRequest) => {
      return new messages.CheckResponse().setInputs(request.getNews());
    }),
    diffConfig: unary(() => {
      return new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE);
    }),
    configure: unary(() => new messages.ConfigureResponse().setSupportspreview(true)),
    attach: unary(() => new empty.Empty()),
    cancel: unary(() => {
      interruption.abort();
      return new empty.Empty();
    }),

    check: unary(async (request: messages.CheckRequest) => {
      const urn = request.getUrn();
      const olds = request.getOlds();
      const hasFormer = olds !== undefined && olds.getFieldsMap().getLength() > 0;
      const inputs = fromStruct(request.getNews());
      const failures = await find(urn).check(inputs, hasFormer ? fromStruct(olds) : null, context(urn));
      return new messages.CheckResponse().setInputs(request.getNews()).setFailuresList(
        failures.map(({ property, reason }) => {
          return new messages.CheckFailure().setProperty(property).setReason(reason);
        }),
      );
    }),

    diff: unary(async (request: messages.DiffRequest) => {
      const urn = request.getUrn();
      const type = find(urn);
      const changes = await type.diff(
        state(request.getId(), request.getOldInputs(), request.getOlds()),
        fromStruct(request.getNews()),
        context(urn),
      );
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      const response = new messages.DiffResponse()
        .setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME)
        .setReplacesList(changes.flatMap((change) => (change.replace ? [change.property] : [])))
        .setDiffsList(changes.map((change) => change.property))
        .setDeletebeforereplace(type.deleteBeforeReplace)
        .setHasdetaileddiff(true);
      const { UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
      for (const { property, replace } of changes) {
        const one = new messages.PropertyDiff().setKind(replace ? UPDATE_REPLACE : UPDATE);
        response.getDetaileddiffMap().set(property, one);
      }
      return response;
    }),

    create: unary(async (request: messages.CreateRequest) => {
      const urn = request.getUrn();
      const inputs = fromStruct(request.getProperties());
      if (request.getPreview()) {
        const outputs = await find(urn).preview(inputs, context(urn));
        return new messages.CreateResponse().setProperties(toStruct(outputs));
      }
      const made = await find(urn).create(inputs, context(urn));
      return new messages.CreateResponse().setId(made.id).setProperties(toStruct(made.state));
    }),

    read: unary(async (request: messages.ReadRequest) => {
      const inputs = request.getInputs();
      if (inputs === undefined || inputs.getFieldsMap().getLength() === 0) {
        throw new Error("resources of the testbed provider can't be imported; declare them and run up");
      }
      const former = state(request.getId(), inputs, request.getProperties());
      const now = await find(request.getUrn()).read(former, context(request.getUrn()));
      if (now === null) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(request.getId())
        .setInputs(inputs)
        .setProperties(toStruct(now));
    }),

    update: unary(async (request: messages.UpdateRequest) => {
      const urn = request.getUrn();
      const inputs = fromStruct(request.getNews());
      if (request.getPreview()) {
        const outputs = await find(urn).preview(inputs, context(urn));
        return new messages.UpdateResponse().setProperties(toStruct(outputs));
      }
      const former = state(request.getId(), request.getOldInputs(), request.getOlds());
      const now = await find(urn).update(former, inputs, context(urn));
      return new messages.UpdateResponse().setProperties(toStruct(now));
    }),

    delete: unary(async (request: messages.DeleteRequest) => {
      const urn = request.getUrn();
      const former = state(request.getId(), request.getOldInputs(), request.getProperties());
      await find(urn).delete(former, context(urn));
      return new empty.Empty();
    }),
  };
}

function state(id: string, inputs: Struct | undefined, outputs: Struct | undefined): ResourceState {
  return { id, inputs: fromStruct(inputs), state: fromStruct(outputs) };
}

function fromStruct(values: Struct | undefined): Properties {
  const plain = (values?.toJavaScript() ?? {}) as Properties;
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, withoutSecret(value)]));
}

function toStruct(properties: Properties): Struct {
  return struct.Struct.fromJavaScript(withoutUndefined(properties) as Record<string, struct.JavaScriptValue>);
}

/** The gRPC form of an error: its sentence, and for a resource that was made in part what there is of it. */
function failure(error: unknown): grpc.ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof PartialCreateError) {
    const details = new any.Any();
    const part = new messages.ErrorResourceInitFailed()
      .setId(error.id)
      .setProperties(toStruct(error.state))
      .setReasonsList([message]);
    details.pack(part.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new errorStatus.Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    status.addDetails(details);
    // The Go side of gRPC looks for structured errors under this name.
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return Object.assign(new Error(message), { code: grpc.status.UNKNOWN, details: message, metadata });
}

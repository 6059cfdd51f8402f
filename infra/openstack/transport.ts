/** The one place where bytes go to a cloud and come back; everything else is handed a `Transport`. */
import { setTimeout as sleep } from "node:timers/promises";
import { CloudError } from "./cloud-error.ts";

export interface CloudRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface CloudResponse {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; text where it is none; null where there is none. */
  readonly body: unknown;
}

/** Sends one request. Throws CloudError (status null) when no answer comes; every status is an answer. */
export type Transport = (request: CloudRequest) => Promise<CloudResponse>;

/** Blazar deletes a lease within the call, which takes up to half a minute with servers on it. */
const answerLimitSeconds = 120;
/** What a gateway says when the service behind it is not there at the moment, and "too many requests". */
const transientStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const retryPausesMs = [500, 2000, 5000];

/** A transport over the network. */
export const fetchTransport: Transport = async ({ method, url, headers, body }) => {
  const { host } = new URL(url);
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerLimitSeconds * 1000),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: parseBody(await response.text()),
    };
  } catch (error) {
    throw new CloudError(`${host} gives no answer: ${networkReason(error)}`, null);
  }
};

/** Asks again where asking again can do no harm: a GET that got no answer, or a gateway's. */
export function retryingTransport(
  transport: Transport,
  pausesMs: readonly number[] = retryPausesMs,
): Transport {
  return async (request) => {
    if (request.method !== "GET") return transport(request);
    for (const pauseMs of pausesMs) {
      try {
        const response = await transport(request);
        if (!transientStatuses.has(response.status)) return response;
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
      }
      await sleep(pauseMs);
    }
    return transport(request);
  };
}

function parseBody(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Node's fetch says only "fetch failed"; the cause has the reason. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `it took longer than ${answerLimitSeconds} s`;
  const cause = error.cause;
  if (!(cause instanceof Error)) return error.message;
  switch ((cause as NodeJS.ErrnoException).code) {
    case "ECONNREFUSED":
      return "it refuses connections (is this the right address?)";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its name can't be resolved (is this machine online?)";
    default:
      return cause.message || error.message;
  }
}

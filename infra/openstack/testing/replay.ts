/** Plays recorded REST calls of a real OpenStack back: what was asked then is answered as it was then. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Credentials } from "../credentials.ts";
import { CloudSession } from "../session.ts";
import type { CloudRequest, CloudResponse, Transport } from "../transport.ts";

interface RecordedCall {
  readonly step: string;
  readonly request: { readonly method: string; readonly url: string; readonly body: unknown };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

const directory = join(fileURLToPath(import.meta.url), "../captures");

/** All calls of a recording, in their order. */
export function readCapture(name: string): readonly RecordedCall[] {
  const text = readFileSync(join(directory, `${name}.json`), "utf8");
  return (JSON.parse(text) as { calls: readonly RecordedCall[] }).calls;
}

/** The answer of one step. Throws when the recording has no such step. */
export function recordedAnswer(capture: string, step: string): CloudResponse {
  const call = readCapture(capture).find((one) => one.step === step);
  if (call === undefined) throw new Error(`${capture} has no step "${step}"`);
  return answerOf(call);
}

export function answerOf({ response }: RecordedCall): CloudResponse {
  const headers = Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { status: response.status, headers: Object.fromEntries(headers), body: response.body };
}

/** Credentials of the recorded region. */
export const recordedCredentials: Credentials = {
  authUrl: "http://127.0.0.1:5000/v3",
  region: "RegionOne",
  applicationCredentialId: "a3e52418933543cb8baa521815687589",
  applicationCredentialSecret: "the-secret",
  origin: "the OS_ variables",
};

/** A moment at which the recorded tokens are valid. */
export const recordedNowMs = Date.parse("2026-11-23T12:45:00Z");

/** A transport that gives the answers in their order, with what it was asked. Log-ins are answered as recorded. */
export function replay(answers: readonly CloudResponse[]): {
  readonly transport: Transport;
  readonly requests: CloudRequest[];
} {
  const left = [...answers];
  const requests: CloudRequest[] = [];
  const token = recordedAnswer("lease_lifecycle", "token from application credential (unrestricted)");
  return {
    requests,
    transport: (request) => {
      if (request.url.endsWith("/auth/tokens")) return Promise.resolve(token);
      requests.push(request);
      const answer = left.shift();
      if (answer === undefined)
        throw new Error(`nothing is left to answer ${request.method} ${request.url} with`);
      return Promise.resolve(answer);
    },
  };
}

/** A session that replays. */
export function replayedSession(answers: readonly CloudResponse[]): {
  readonly session: CloudSession;
  readonly requests: CloudRequest[];
} {
  const { transport, requests } = replay(answers);
  return { session: new CloudSession(recordedCredentials, transport, () => recordedNowMs), requests };
}

/** A cloud that answers by what it is asked for, for tests whose order of questions is no matter. */
import { CloudSession } from "../session.ts";
import type { CloudRequest, CloudResponse } from "../transport.ts";
import { recordedAnswer, recordedCredentials, recordedNowMs } from "./replay.ts";

/** An answer, or what makes one; keys are `METHOD :port/path` as in the recording, without the query. */
export type Routes = Readonly<Record<string, CloudResponse | ((request: CloudRequest) => CloudResponse)>>;

export function answered(body: unknown, status = 200): CloudResponse {
  return { status, headers: {}, body };
}

/** A session with such a cloud. What has no route is an error of the test, not of the cloud. */
export function routedSession(
  routes: Routes,
  nowMs: () => number = () => recordedNowMs,
): { readonly session: CloudSession; readonly requests: string[] } {
  const requests: string[] = [];
  const token = recordedAnswer("lease_lifecycle", "token from application credential (unrestricted)");
  const answer = (request: CloudRequest): CloudResponse => {
    if (request.url.endsWith("/auth/tokens")) return token;
    const { port, pathname } = new URL(request.url);
    const key = `${request.method} :${port}${pathname}`;
    requests.push(key);
    const route = routes[key];
    if (route === undefined) throw new Error(`the test has no route ${key}`);
    return typeof route === "function" ? route(request) : route;
  };
  const session = new CloudSession(
    recordedCredentials,
    (request) => Promise.resolve().then(() => answer(request)),
    nowMs,
  );
  return { session, requests };
}

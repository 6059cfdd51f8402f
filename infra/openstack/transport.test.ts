/** The transport on real sockets of this machine: what a cut in the network becomes, and what is asked again. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { CloudError, messageIn } from "./cloud-error.ts";
import { fetchTransport, retryingTransport } from "./transport.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | undefined;

afterEach(async () => {
  const running = server;
  server = undefined;
  running?.closeAllConnections();
  if (running?.listening) await new Promise((done) => running.close(done));
});

/** A service that gives the answers in their order, the last one again and again. */
async function serve(...answers: readonly [Answer, ...Answer[]]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const made = createServer((request, response) => {
    asked.push(request.method ?? "");
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    request.resume().on("end", () => answer?.(request, response));
  });
  server = made;
  await new Promise<void>((done) => made.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}/v1/leases`, asked };
}

const good: Answer = (_, response) => response.setHeader("X-Subject-Token", "t").end('{"leases":[]}');
const cut: Answer = (request) => request.socket.destroy();
const cutInBody: Answer = (request, response) => {
  response.writeHead(200, { "Content-Length": "1000" }).write('{"leases":[', () => request.socket.destroy());
};
const gateway: Answer = (_, response) => {
  response.writeHead(502, { "Content-Type": "text/html" }).end("<html><h1>502 Bad Gateway</h1></html>");
};

/** What asking ends with, when it ends with no answer. */
async function failureOf(method: "GET" | "POST", url: string): Promise<CloudError> {
  const failure: unknown = await fetchTransport({ method, url, headers: {} }).catch(
    (error: unknown) => error,
  );
  if (failure instanceof CloudError) return failure;
  throw new Error("there was an answer");
}

describe("one request", () => {
  test("gives status, headers by lower case and the parsed body", async () => {
    const { url } = await serve(good);
    expect(await fetchTransport({ method: "GET", url, headers: {} })).toMatchObject({
      status: 200,
      headers: { "x-subject-token": "t" },
      body: { leases: [] },
    });
  });

  test("a gateway's page is an answer, of which the words stay", async () => {
    const { url } = await serve(gateway);
    const { status, body } = await fetchTransport({ method: "GET", url, headers: {} });
    expect([status, messageIn(body)]).toEqual([502, "502 Bad Gateway"]);
  });

  test.each([
    ["before the answer", cut],
    ["in the middle of the body", cutInBody],
  ])("a connection that is cut %s is no answer, and the sentence names the service", async (_, answer) => {
    const { url } = await serve(answer);
    const { message, status } = await failureOf("POST", url);
    expect(status).toBeNull();
    expect(message).toMatch(
      /^127\.0\.0\.1:\d+ gives no answer: (other side closed|terminated|read ECONNRESET)/,
    );
  });

  test("an address where nobody listens is said as such", async () => {
    const { url } = await serve(good);
    await new Promise((done) => server?.close(done));
    expect((await failureOf("GET", url)).message).toMatch(
      /^127\.0\.0\.1:\d+ gives no answer: it refuses connections \(is this the right address\?\)$/,
    );
  });
});

describe("asking again", () => {
  const asking = retryingTransport(fetchTransport, [1, 1]);

  test("a GET outlasts a cut connection, half a body and a gateway's excuse", async () => {
    const { url, asked } = await serve(cut, cutInBody, good);
    expect((await asking({ method: "GET", url, headers: {} })).status).toBe(200);
    expect(asked).toHaveLength(3);
  });

  test("a GET ends with what the last try gave", async () => {
    const { url, asked } = await serve(gateway);
    expect((await asking({ method: "GET", url, headers: {} })).status).toBe(502);
    expect(asked).toHaveLength(3);
    const dead = await serve(cut);
    await expect(asking({ method: "GET", url: dead.url, headers: {} })).rejects.toThrow(/gives no answer/);
  });

  // Whether the cloud has done it can't be known; the next up looks for what it may have made.
  test.each(["POST", "PUT", "DELETE"] as const)("a %s is asked once", async (method) => {
    const { url, asked } = await serve(cut, good);
    await expect(asking({ method, url, headers: {}, body: {} })).rejects.toThrow(/gives no answer/);
    expect(asked).toEqual([method]);
  });
});

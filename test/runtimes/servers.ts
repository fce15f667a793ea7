import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

/** Passed on byte for byte: events of several lines, a comment, a character of several bytes, no line end at the end. */
const STREAMED =
  ': a comment\n\ndata: {"choices":[{"delta":{"content":"Grüße"}}]}\n\nevent: x\r\ndata: 1\r\ndata: 2\r\n\r\ndata: [DONE]';

interface Seen {
  count: number;
  /** Requests whose client left before the answer's end. */
  abandoned: number;
  last?: { readonly headers: IncomingMessage["headers"]; readonly body: string };
}

type Answer = (request: IncomingMessage, response: ServerResponse, name: string, count: number) => void;

/** Throttles its first request, for so long that a call has to wait. */
const busy: Answer = (_, response, name, count) => {
  if (count > 1) json(response, 200, { from: name });
  else json(response, 429, { error: { code: "429", message: "Try later." } }, { "retry-after-ms": "300" });
};

/** How each endpoint answers; beside these there is one that refuses connections and one whose name nobody knows. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  healthy: (_, response, name) => json(response, 200, { from: name }),
  throttled: (_, response) => json(response, 429, { error: { code: "429", message: "Try later." } }),
  busy,
  "also-busy": busy,
  unavailable: (_, response) => json(response, 503, { error: { code: "503", message: "Try later." } }),
  reset: (request) => request.socket.resetAndDestroy(),
  hanging: () => undefined,
  streaming: (_, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end(STREAMED),
  limited: (_, response) =>
    void response
      .writeHead(200, { "content-type": "text/event-stream", "retry-after": "20" })
      .end('data: {"error":{"code":"rate_limit_exceeded","type":"too_many_requests","message":"Try later."}}\n\n'),
  /** Larger than what a Node stream holds before it waits for a reader. */
  large: (_, response) => {
    const item = (_: unknown, index: number) => ({ id: `rs_${index}`, type: "reasoning", summary: "x".repeat(200) });
    json(response, 200, { id: "resp_large", object: "response", output: Array.from({ length: 1_000 }, item) });
  },
  endless: (_, response) =>
    void response.writeHead(200, { "content-type": "text/event-stream" }).write('data: {"choices":[]}\n\n'),
};

/** Servers on loopback, which the suite reaches from another process. */
export interface Servers extends AsyncDisposable {
  /** By endpoint; `control` tells what an endpoint has seen, `streamed` is what `streaming` sends. */
  readonly urls: Readonly<Record<string, string>>;
}

export async function startServers(): Promise<Servers> {
  const seen: Record<string, Seen> = {};
  const servers: Server[] = [];
  const urls: Record<string, string> = { nameless: "https://no-such-account.invalid", streamed: STREAMED };
  const start = async (listener: (request: IncomingMessage, response: ServerResponse) => void) => {
    const server = createServer(listener);
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  for (const [name, answer] of Object.entries(ANSWERS)) {
    const record: Seen = (seen[name] = { count: 0, abandoned: 0 });
    urls[name] = await start((request, response) => void serve(name, record, answer, request, response));
  }
  urls["control"] = await start((request, response) => json(response, 200, seen[request.url?.slice(1) ?? ""]));
  urls["refused"] = await start(() => undefined);
  await close(servers.pop());
  return { urls, [Symbol.asyncDispose]: async () => void (await Promise.all(servers.map(close))) };
}

async function serve(name: string, record: Seen, answer: Answer, request: IncomingMessage, response: ServerResponse) {
  response.once("close", () => {
    if (!response.writableFinished) record.abandoned++;
  });
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  record.count++;
  record.last = { headers: request.headers, body: Buffer.concat(chunks).toString("utf8") };
  answer(request, response, name, record.count);
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

async function close(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

/** A proxy that gives each request to the next backend in turn; 502 where the backend cannot be reached. */
export interface RoundRobinProxy extends AsyncDisposable {
  readonly url: string;
}

export async function startRoundRobinProxy(backendUrls: readonly string[]): Promise<RoundRobinProxy> {
  let next = 0;
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const backend = backendUrls[next++ % backendUrls.length] ?? "";
    const { method, headers } = incoming;
    const forward = request(backend + (incoming.url ?? ""), { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.once("error", () => outgoing.writeHead(502).end());
    outgoing.once("close", () => forward.destroy());
    incoming.pipe(forward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

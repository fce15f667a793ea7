import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

/**
 * What an endpoint does with one request: answer with a status, or with headers and a body too; `reset` the
 * connection before an answer; `hang` until the client leaves; `cut` the connection in the middle of a body; or what a
 * function does with the response.
 */
export type Step = PlainStep | ((response: ServerResponse) => unknown);

export type PlainStep =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | "reset"
  | "hang"
  | "cut";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Steps in their order, then 200 for ever; or what to do at each request. */
export type Script = readonly Step[] | { (): Step };

/** A server on a free local port that answers by its script. */
export class ScriptedEndpoint {
  readonly seen: SeenRequest[] = [];
  /** Requests whose connection the client closed before the answer's end. */
  abandoned = 0;

  static async start(name: string, script: Script = [], log: string[] = []): Promise<ScriptedEndpoint> {
    const endpoint = new ScriptedEndpoint(name, typeof script === "function" ? script : stepByStep(script), log);
    await endpoint.open();
    return endpoint;
  }

  private server: Server | undefined;
  private port = 0;

  private constructor(
    readonly name: string,
    private readonly nextStep: () => Step,
    private readonly log: string[],
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get options() {
    return { name: this.name, url: this.url, apiKey: `key-of-${this.name}` };
  }

  async connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server?.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    this.server = createServer((request, response) => void this.serve(request, response));
    this.server.listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on. */
  async close(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    this.server = undefined;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The client left.
    }
    const { method = "", url = "", headers } = request;
    response.once("close", () => {
      if (!response.writableFinished) this.abandoned++;
    });
    this.seen.push({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") });
    this.log.push(this.name);
    const step = this.nextStep();
    if (step === "hang") return;
    if (typeof step === "function") {
      step(response);
      return;
    }
    if (step === "reset") {
      request.socket.resetAndDestroy();
    } else if (step === "cut") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: {"from":"${this.name}"}\n\n`, () => request.socket.destroy());
    } else {
      const { status, headers: extra = {}, body } = typeof step === "number" ? { status: step } : step;
      response.writeHead(status, { "content-type": "application/json", ...extra });
      response.end(body ?? JSON.stringify({ from: this.name, status }));
    }
  }
}

function stepByStep(script: readonly Step[]): () => Step {
  const steps = script.values();
  return () => steps.next().value ?? 200;
}

/** Endpoints named a, b, c … by their scripts, with one log of who was called in which order. */
export async function startEndpoints(...scripts: readonly Script[]) {
  const log: string[] = [];
  const endpoints = await Promise.all(
    scripts.map((script, index) => ScriptedEndpoint.start(String.fromCharCode(97 + index), script, log)),
  );
  return {
    log,
    endpoints,
    options: endpoints.map((endpoint) => endpoint.options),
    close: async () => void (await Promise.all(endpoints.map((endpoint) => endpoint.close()))),
  };
}

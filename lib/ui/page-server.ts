import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { type PageBundle } from "./page-bundle.js";
import { refusalOf } from "./request-guard.js";

export interface PageServerOptions {
  readonly bundle: PageBundle;
  /** The first message to a page. */
  readonly hello: () => unknown;
  /** Does what the page asks for. @throws RangeError for what cannot be done */
  readonly obey: (command: string) => Promise<void>;
}

const HOST = "127.0.0.1";
/** Of a command. */
const MAXIMUM_BODY_BYTES = 10_000;
/** A page that reads no more is cut off; its browser connects again when it is looked at. */
const MAXIMUM_UNREAD_BYTES = 4_000_000;
/** In milliseconds: how soon a page tries again. */
const RETRY = 1_000;

/** Serves the page, on loopback only, to whoever has the address with its secret: the page, its events, its commands. */
export class PageServer implements AsyncDisposable {
  static async open(options: PageServerOptions): Promise<PageServer> {
    const page = new PageServer(options);
    page.server.listen(0, HOST);
    await once(page.server, "listening");
    return page;
  }

  private readonly secret = randomBytes(24).toString("base64url");
  private readonly server: Server;
  private readonly pages = new Set<ServerResponse>();

  private constructor(private readonly options: PageServerOptions) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** What to open in a browser. */
  get url(): string {
    return `http://${HOST}:${this.port}/${this.secret}/`;
  }

  /** Whether a page is open. */
  get isWatched(): boolean {
    return this.pages.size > 0;
  }

  /** To every page that is open. */
  send(message: unknown): void {
    const event = eventOf("update", message);
    for (const page of this.pages) {
      if (page.writableLength > MAXIMUM_UNREAD_BYTES) page.destroy();
      else page.write(event);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(request, this.port, this.secret);
    if (refusal !== undefined) return answer(response, refusal.status, refusal.message);
    const path = (request.url ?? "").slice(this.secret.length + 1);
    switch (`${request.method} ${path}`) {
      case "GET ":
        response.setHeader("location", `/${this.secret}/`);
        return answer(response, 308, "");
      case "GET /":
        response.setHeader("content-security-policy", this.options.bundle.contentSecurityPolicy);
        return answer(response, 200, this.options.bundle.html, "text/html");
      case "GET /events":
        return this.stream(response);
      case "POST /commands":
        return this.command(request, response);
      default:
        return answer(response, 404, "not found");
    }
  }

  private stream(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`retry: ${RETRY}\n${eventOf("hello", this.options.hello())}`);
    this.pages.add(response);
    response.once("close", () => this.pages.delete(response));
  }

  private async command(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.options.obey(await textOf(request));
      answer(response, 204, "");
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      answer(response, error instanceof RangeError ? 400 : 500, message);
    }
  }
}

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function eventOf(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function answer(response: ServerResponse, status: number, body: string, type = "text/plain"): void {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8` }).end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAXIMUM_BODY_BYTES) throw new RangeError(`a command has at most ${MAXIMUM_BODY_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

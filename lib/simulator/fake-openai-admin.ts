import { type IncomingMessage, type ServerResponse } from "node:http";
import { parseFaultRequest } from "./fake-openai/fault-request.js";
import { Listener } from "./fake-openai/listener.js";
import { parseJson, readBytes } from "./fake-openai/request-body.js";
import { type FakeOpenAi } from "./fake-openai.js";

export interface FakeOpenAiAdminOptions {
  /** The accounts by the names that the endpoint knows them by. */
  readonly accounts: ReadonlyMap<string, FakeOpenAi>;
  /** @default 0, any free port */
  readonly port?: number;
}

/**
 * An HTTP endpoint on loopback from which a test in any language governs fake accounts: break and heal them, read what they
 * were asked. Its routes: docs/testing.md.
 */
export class FakeOpenAiAdmin implements AsyncDisposable {
  /** @throws Error if the port is taken. */
  static async create(options: FakeOpenAiAdminOptions): Promise<FakeOpenAiAdmin> {
    const admin = new FakeOpenAiAdmin(options.accounts);
    await admin.listener.listen(options.port ?? 0);
    return admin;
  }

  private readonly listener: Listener;

  private constructor(private readonly accounts: ReadonlyMap<string, FakeOpenAi>) {
    this.listener = new Listener(undefined, (request, response) => void this.serve(request, response));
  }

  /** The origin, without a slash at the end. */
  get url(): string {
    return this.listener.url;
  }

  /** Leaves the accounts running. */
  close(): Promise<void> {
    return this.listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.answer(request);
      response.writeHead(answer === undefined ? 204 : 200, { "content-type": "application/json" });
      response.end(answer === undefined ? undefined : JSON.stringify(answer));
    } catch (error) {
      if (response.destroyed) return; // the client left
      const status = error instanceof NotFound ? 404 : error instanceof RangeError ? 400 : 500;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    }
  }

  /** Undefined where there is nothing to say. */
  private async answer(request: IncomingMessage): Promise<unknown> {
    const { method = "", url = "" } = request;
    const [path = ""] = url.split("?", 1);
    if (method === "GET" && path === "/accounts") return [...this.accounts].map(stateOf);
    if (method === "POST" && path === "/reset") return this.reset();
    const [, name, part] = /^\/accounts\/([^/]+)\/(requests|faults)$/.exec(path) ?? [];
    if (name === undefined) throw new NotFound(`${method} ${path} is not a route; there are: ${ROUTES.join("; ")}`);
    const account = this.account(name);
    switch (`${method} ${part}`) {
      case "GET requests":
        return account.requests;
      case "DELETE requests":
        return account.clearRequests();
      case "POST faults":
        return inject(account, await readBytes(request));
      case "DELETE faults":
        return heal(account);
      default:
        throw new NotFound(`${method} ${path} is not a route; there are: ${ROUTES.join("; ")}`);
    }
  }

  private account(encoded: string): FakeOpenAi {
    const account = this.accounts.get(decoded(encoded));
    if (account !== undefined) return account;
    throw new NotFound(`no account is called "${encoded}"; there are: ${[...this.accounts.keys()].join(", ")}`);
  }

  private async reset(): Promise<void> {
    for (const account of this.accounts.values()) {
      await heal(account);
      account.clearRequests();
    }
  }
}

const ROUTES = [
  "GET /accounts",
  "GET, DELETE /accounts/{name}/requests",
  "POST, DELETE /accounts/{name}/faults",
  "POST /reset",
];

class NotFound extends Error {}

function stateOf([name, { url, region, state, requestCount, probeCount }]: readonly [string, FakeOpenAi]): unknown {
  return { name, url, region, state, requests: requestCount, probes: probeCount };
}

async function inject(account: FakeOpenAi, bytes: Buffer): Promise<void> {
  const json = parseJson(bytes);
  if (json === undefined) throw new RangeError("the body is not JSON, or nested too deep");
  const request = parseFaultRequest(json);
  if (request.kind === "refuse") await account.refuse();
  else account.inject(request.fault, request.options);
}

async function heal(account: FakeOpenAi): Promise<void> {
  account.heal();
  await account.accept();
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

import type * as Undici from "undici";

/** The part of `fetch` that is used: the global one fits, and so does undici's. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly signal: AbortSignal;
    /** A credential goes to the gateway that was named, and nowhere else. */
    readonly redirect: "manual";
  },
) => Promise<FetchResponse>;

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface ConnectionsOptions {
  /** The most that are open at once. */
  readonly limit: number;
  /** Accept any certificate, for trials with a self-signed one. @default false */
  readonly insecure?: boolean;
  /** Where to connect, whatever host a request's URL names; as if DNS resolved that host to it. @default the URL's host */
  readonly address?: URL;
}

/**
 * The connections of one run, HTTP/1.1 and kept alive. They are counted, since a connection stays with one instance of a
 * gateway; and they are the run's own, so that the rest of the process checks certificates as ever.
 */
export class Connections implements AsyncDisposable {
  static async create(options: ConnectionsOptions): Promise<Connections> {
    // Loaded here: the other commands do without it.
    const undici = await import("undici");
    return new Connections(options, undici);
  }

  readonly fetch: Fetch;
  private readonly agent: Undici.Agent;
  private count = 0;

  private constructor({ limit, insecure = false, address }: ConnectionsOptions, undici: typeof Undici) {
    const connect = undici.buildConnector({ rejectUnauthorized: !insecure });
    this.agent = new undici.Agent({
      // Answers take as long as the run's own timeout allows.
      headersTimeout: 0,
      bodyTimeout: 0,
      connections: limit,
      connect: (options, callback) => {
        const target = address ? { ...options, ...connectTo(address) } : options;
        connect(target, (...result) => {
          if (result[0] === null) this.count += 1;
          callback(...result);
        });
      },
    });
    this.fetch = (url, init) => undici.fetch(url, { ...init, dispatcher: this.agent });
  }

  /** How many were opened so far, TLS included. */
  get opened(): number {
    return this.count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }
}

/** The name that the certificate has to have stays that of the request. */
function connectTo({ hostname, port, protocol }: URL) {
  return { hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port: port || (protocol === "https:" ? "443" : "80") };
}

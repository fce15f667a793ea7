import { type Caller } from "./authentication.js";

/** One request as the server saw it, for assertions. Credentials are replaced: {@link REDACTED}. */
export interface RequestRecord {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** How the request authenticated; undefined if it was not let in. */
  readonly caller: Caller | undefined;
  /** The deployment that it reached. */
  readonly deployment: string | undefined;
  /** The JSON, or the fields of the form; undefined if there is none, it was not let in, or above {@link LOGGED_BODY_BYTES}. */
  readonly body: unknown;
  readonly bodyBytes: number;
  /** The status sent; undefined if none was: hung, reset, or the client went away first. */
  readonly status: number | undefined;
  /** Whether the answer went out whole. */
  readonly completed: boolean;
}

/** A record while the request is under way. */
export type RequestEntry = { -readonly [K in keyof RequestRecord]: RequestRecord[K] };

export const REDACTED = "[redacted]";
export const LOGGED_BODY_BYTES = 65_536;
const SECRET_HEADERS = ["api-key", "x-api-key", "authorization", "proxy-authorization", "cookie"];

/** The last requests, in the order of their arrival. */
export class RequestLog {
  private entries: RequestEntry[] = [];

  constructor(private readonly size: number) {}

  open(method: string, path: string, headers: NodeJS.Dict<string | string[]>): RequestEntry {
    const entry: RequestEntry = {
      method,
      path,
      headers: redact(headers),
      caller: undefined,
      deployment: undefined,
      body: undefined,
      bodyBytes: 0,
      status: undefined,
      completed: false,
    };
    this.entries.push(entry);
    // Cut in one go at twice the size, so that a long run costs no shift of the array at each request.
    if (this.entries.length >= 2 * this.size) this.entries = this.entries.slice(-this.size);
    return entry;
  }

  get records(): readonly RequestRecord[] {
    return this.entries.slice(-this.size).map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.entries = [];
  }
}

function redact(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    seen[name] = SECRET_HEADERS.includes(name) ? REDACTED : String(value);
  }
  return seen;
}

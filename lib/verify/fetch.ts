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

/**
 * A `fetch` that accepts any certificate: for trials with a self-signed one. It alone does; the rest of the process
 * checks certificates as ever.
 */
export async function createInsecureFetch(): Promise<Fetch> {
  const { Agent, fetch } = await import("undici");
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  return (url, init) => fetch(url, { ...init, dispatcher });
}

import { Duration } from "../../duration.js";
import { TokenProviderError } from "../errors.js";
import { untilAborted } from "../abort-relay.js";
import { startTimer } from "../timer.js";

/** Gives an Entra ID access token; what `getBearerTokenProvider` of `@azure/identity` returns. */
export type TokenProvider = () => Promise<string>;

/** By name. */
export type HeaderValues = Readonly<Record<string, string>>;

/** Gives headers that change with time, such as a signature. */
export type HeaderProvider = () => HeaderValues | Promise<HeaderValues>;

/** The headers that prove to an endpoint who calls. Asked anew for each attempt; a promise only where it has to be. */
export type Credential = (signal?: AbortSignal) => HeaderValues | Promise<HeaderValues>;

/** A token or header provider that takes longer has failed, and the next attempt asks it anew. */
export const TOKEN_TIMEOUT = Duration.seconds(30);

export function keyCredential(apiKey: string): Credential {
  const headers = { "api-key": apiKey };
  return () => headers;
}

/** The credential rejects with {@link TokenProviderError} where the provider fails. */
export function tokenCredential(provider: TokenProvider): Credential {
  const fetchToken = oneAtATime<unknown>(provider, provider, "token provider", "token");
  return async (signal) => {
    const token = await fetchToken(signal);
    if (typeof token !== "string") {
      throw new TokenProviderError(`the token provider gave ${typeof token}, not a string`);
    }
    if (!isHeaderSafe(token)) throw new TokenProviderError("the token provider gave a string that cannot be a token");
    return { authorization: `Bearer ${token}` };
  };
}

/** The credential rejects with {@link TokenProviderError} where the provider fails. */
export function headerCredential(headers: HeaderValues | HeaderProvider): Credential {
  if (typeof headers !== "function") {
    const values = withLowerCaseNames(headers);
    return () => values;
  }
  const fetchHeaders = oneAtATime(async () => headers(), headers, "headers function", "headers");
  return async (signal) => {
    const given = await fetchHeaders(signal);
    const problem = headersProblem(given);
    if (problem !== undefined) throw new TokenProviderError(`the headers function gave ${problem}`);
    return withLowerCaseNames(given);
  };
}

/** As the caller's are kept, which they replace. */
function withLowerCaseNames(headers: HeaderValues): HeaderValues {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** All of them together; the last one has the last word on a name. */
export function combinedCredential(credentials: readonly Credential[]): Credential {
  const [first, ...others] = credentials;
  if (first !== undefined && others.length === 0) return first;
  return (signal) => {
    const parts = credentials.map((credential) => credential(signal));
    return parts.some((part) => part instanceof Promise)
      ? Promise.all(parts).then((all) => Object.assign({}, ...all) as HeaderValues)
      : (Object.assign({}, ...parts) as HeaderValues);
  };
}

/** A key or token that can be a header's value: visible ASCII, so that no error of a header quotes it. */
export function isHeaderSafe(secret: string): boolean {
  return /^[\x21-\x7e]+$/.test(secret);
}

/** @returns what is wrong with headers that an endpoint is to get, without a value of theirs; undefined where nothing is. */
export function headersProblem(headers: unknown): string | undefined {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    return `${headers === null ? "null" : typeof headers}, not an object of header names and values`;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) return `${JSON.stringify(name)}, which is no header name`;
    if (CONNECTION_HEADERS.has(name.toLowerCase())) return `the header ${name}, which fetch sets itself`;
    if (typeof value !== "string" || !HEADER_VALUE.test(value)) {
      return `a value for ${name} that a header cannot carry (visible ASCII and spaces within)`;
    }
  }
  return undefined;
}

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const CONNECTION_HEADERS = new Set(["connection", "content-length", "host", "transfer-encoding", "upgrade"]);

/** What providers are fetching now; several endpoints may have the same one. */
const underWay = new WeakMap<object, Promise<unknown>>();

/** Calls at the same time share one: a provider without a cache would hammer the identity service. */
function oneAtATime<T>(
  provider: () => Promise<T>,
  key: object,
  what: string,
  gives: string,
): (signal: AbortSignal | undefined) => Promise<T> {
  const fetchOne = async (): Promise<T> => {
    try {
      return await provider();
    } catch (error) {
      throw new TokenProviderError(`the ${what} failed with ${error instanceof Error ? error.name : typeof error}`);
    }
  };
  return async (signal) => {
    let fetching = underWay.get(key) as Promise<T> | undefined;
    if (fetching === undefined) {
      fetching = fetchOne();
      underWay.set(key, fetching);
    }
    const forget = () => {
      if (underWay.get(key) === fetching) underWay.delete(key);
    };
    fetching.then(forget, forget);
    return inTime(fetching, signal, () => {
      forget();
      return new TokenProviderError(`the ${what} gave no ${gives} within ${String(TOKEN_TIMEOUT)}`);
    });
  };
}

/** The timer is each caller's own, so that none outlives its call. */
async function inTime<T>(work: Promise<T>, signal: AbortSignal | undefined, late: () => Error): Promise<T> {
  let stop = (): void => undefined;
  const timeout = new Promise<never>((_, reject) => {
    stop = startTimer(() => reject(late()), TOKEN_TIMEOUT.toMilliseconds());
  });
  try {
    return await untilAborted(Promise.race([work, timeout]), signal);
  } finally {
    stop();
  }
}

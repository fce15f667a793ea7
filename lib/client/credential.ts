import { TokenProviderError } from "./errors.js";

/** Gives an Entra ID access token; what `getBearerTokenProvider` of `@azure/identity` returns. */
export type TokenProvider = () => Promise<string>;

/** The one header that proves to an endpoint who calls. */
export type CredentialHeader = readonly [name: "api-key" | "authorization", value: string];

/** What callers may have set, to be taken off before an endpoint's own credential is put on. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  "api-key",
  "authorization",
  "ocp-apim-subscription-key",
]);

/** Asked anew for each attempt; a promise only where a token has to be fetched. */
export type Credential = () => CredentialHeader | Promise<CredentialHeader>;

export function keyCredential(apiKey: string): Credential {
  const header: CredentialHeader = ["api-key", apiKey];
  return () => header;
}

/** @throws TokenProviderError where the provider fails. */
export function tokenCredential(provider: TokenProvider): Credential {
  return async () => ["authorization", `Bearer ${await oneAtATime(provider)}`];
}

/** A key or token that can be a header's value: visible ASCII, so that no error of a header quotes it. */
export function isHeaderSafe(secret: string): boolean {
  return /^[\x21-\x7e]+$/.test(secret);
}

const underWay = new WeakMap<TokenProvider, Promise<string>>();

/** Calls at the same time share one fetch: a provider without a cache would hammer the identity service. */
function oneAtATime(provider: TokenProvider): Promise<string> {
  const running = underWay.get(provider);
  if (running !== undefined) return running;
  const fetching = fetchToken(provider).finally(() => underWay.delete(provider));
  underWay.set(provider, fetching);
  return fetching;
}

async function fetchToken(provider: TokenProvider): Promise<string> {
  let token: unknown;
  try {
    token = await provider();
  } catch (error) {
    throw new TokenProviderError(
      `the token provider failed with ${error instanceof Error ? error.name : typeof error}`,
    );
  }
  if (typeof token !== "string") throw new TokenProviderError(`the token provider gave ${typeof token}, not a string`);
  if (!isHeaderSafe(token)) throw new TokenProviderError("the token provider gave a string that cannot be a token");
  return token;
}

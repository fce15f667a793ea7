import { Duration } from "../duration.js";
import { TokenProviderError } from "./errors.js";
import { startTimer } from "./timer.js";

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

/** A token provider that takes longer has failed, and the next attempt asks it anew. */
export const TOKEN_TIMEOUT = Duration.seconds(30);

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
  let stop = (): void => undefined;
  const timeout = new Promise<never>((_, reject) => {
    const error = new TokenProviderError(`the token provider gave no token within ${String(TOKEN_TIMEOUT)}`);
    stop = startTimer(() => reject(error), TOKEN_TIMEOUT.toMilliseconds());
  });
  try {
    token = await Promise.race([provider(), timeout]);
  } catch (error) {
    if (error instanceof TokenProviderError) throw error;
    throw new TokenProviderError(
      `the token provider failed with ${error instanceof Error ? error.name : typeof error}`,
    );
  } finally {
    stop();
  }
  if (typeof token !== "string") throw new TokenProviderError(`the token provider gave ${typeof token}, not a string`);
  if (!isHeaderSafe(token)) throw new TokenProviderError("the token provider gave a string that cannot be a token");
  return token;
}

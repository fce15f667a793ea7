export interface AzureIdentityProps {
  /** @default {@link DEFAULT_TOKEN_SCOPE} */
  readonly scope?: string;
  /** Loads the package. @default `import("@azure/identity")` */
  readonly load?: () => Promise<unknown>;
}

export const DEFAULT_TOKEN_SCOPE = "https://cognitiveservices.azure.com/.default";

/** What the requests authenticate with. */
export abstract class Credential {
  /** An API key that every account of the pool accepts. @throws CredentialError if it cannot be one. */
  static apiKey(key: string): Credential {
    const headers = { "api-key": checked("api key", key) };
    return new HeadersCredential(() => Promise.resolve(headers));
  }

  /** A Microsoft Entra token. @throws CredentialError if it cannot be one. */
  static bearerToken(token: string): Credential {
    const headers = { authorization: `Bearer ${checked("bearer token", token)}` };
    return new HeadersCredential(() => Promise.resolve(headers));
  }

  /**
   * `DefaultAzureCredential` of `@azure/identity`: environment, managed identity, Azure CLI and so on.
   *
   * @throws CredentialError (the promise) if the package is not installed; that of `headers()`, if it has no token to give
   */
  static async azureIdentity(props: AzureIdentityProps = {}): Promise<Credential> {
    const { scope = DEFAULT_TOKEN_SCOPE, load = loadAzureIdentity } = props;
    const { DefaultAzureCredential } = await identityModule(load);
    const identity = new DefaultAzureCredential();
    return new HeadersCredential(async () => {
      const { token } = await identity.getToken(scope).catch((error: unknown) => {
        const says = error instanceof Error ? error.message : String(error);
        throw new CredentialError(
          `@azure/identity gives no token for ${scope}: sign in (\`az login\`), or use an api key or a bearer token; it says: ${says}`,
        );
      });
      return { authorization: `Bearer ${checked("token of @azure/identity", token)}` };
    });
  }

  /** The headers that carry it, with a token that is renewed when necessary. */
  abstract headers(): Promise<Readonly<Record<string, string>>>;
}

/** Describes what is wrong with a credential, without its value. */
export class CredentialError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CredentialError";
  }
}

class HeadersCredential extends Credential {
  constructor(private readonly make: () => Promise<Readonly<Record<string, string>>>) {
    super();
  }

  override headers(): Promise<Readonly<Record<string, string>>> {
    return this.make();
  }
}

/** The part of `@azure/identity` that is used. */
interface AzureIdentity {
  readonly DefaultAzureCredential: new () => { getToken(scope: string): Promise<{ readonly token: string }> };
}

async function identityModule(load: () => Promise<unknown>): Promise<AzureIdentity> {
  let module: unknown;
  try {
    module = await load();
  } catch (error) {
    // Not only by the code: a package of its own that it lacks is not cured by installing it.
    if (!/Cannot find (package|module) '@azure\/identity'/.test(String(error))) throw error;
    throw new CredentialError(
      "DefaultAzureCredential needs the package @azure/identity, which is not installed: run `npm install @azure/identity`, or use an api key or a bearer token",
    );
  }
  if (isAzureIdentity(module)) return module;
  throw new CredentialError("the installed @azure/identity has no DefaultAzureCredential: install version 4 or later");
}

function isAzureIdentity(module: unknown): module is AzureIdentity {
  const { DefaultAzureCredential: credential } = { DefaultAzureCredential: undefined, ...(module ?? {}) };
  return typeof credential === "function";
}

function loadAzureIdentity(): Promise<unknown> {
  // By a variable: the package is the user's to install, and nothing here may need its types.
  const name = "@azure/identity";
  return import(name);
}

/** What a header may carry; fetch would quote a value that it refuses. */
function checked(what: string, secret: string): string {
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  const problem = secret === "" ? "is empty" : "has spaces, line breaks or other characters that a header cannot carry";
  throw new CredentialError(`the ${what} ${problem}; copy it again`);
}

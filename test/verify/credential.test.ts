import { Credential, CredentialError } from "../../lib/verify/index.js";
import { DEFAULT_TOKEN_SCOPE } from "../../lib/verify/credential.js";

test("a key and a token go in their own headers", async () => {
  expect(await Credential.apiKey("key-1").headers()).toEqual({ "api-key": "key-1" });
  expect(await Credential.bearerToken("token-1").headers()).toEqual({ authorization: "Bearer token-1" });
});

test.each<[string, () => unknown, string]>([
  ["an empty key", () => Credential.apiKey(""), "the api key is empty; copy it again"],
  [
    "a token with a line break",
    () => Credential.bearerToken("secret\n"),
    "the bearer token has spaces, line breaks or other characters that a header cannot carry; copy it again",
  ],
])("%s is refused without being quoted", (_, make, message) => {
  expect(make).toThrow(new CredentialError(message));
});

describe("@azure/identity", () => {
  test("is asked for a token for each request", async () => {
    const scopes: string[] = [];
    class DefaultAzureCredential {
      getToken(scope: string): Promise<{ token: string }> {
        scopes.push(scope);
        return Promise.resolve({ token: `token-${scopes.length}` });
      }
    }
    const credential = await Credential.azureIdentity({ load: () => Promise.resolve({ DefaultAzureCredential }) });
    expect(await credential.headers()).toEqual({ authorization: "Bearer token-1" });
    expect(await credential.headers()).toEqual({ authorization: "Bearer token-2" });
    expect(scopes).toEqual([DEFAULT_TOKEN_SCOPE, DEFAULT_TOKEN_SCOPE]);
  });

  test("not signed in: the error says what to do", async () => {
    class DefaultAzureCredential {
      getToken(): Promise<{ token: string }> {
        return Promise.reject(new Error("no credential"));
      }
    }
    const credential = await Credential.azureIdentity({ load: () => Promise.resolve({ DefaultAzureCredential }) });
    await expect(credential.headers()).rejects.toThrow(
      new CredentialError(
        "@azure/identity gives no token for https://cognitiveservices.azure.com/.default: sign in (`az login`), or use an api key or a bearer token; it says: no credential",
      ),
    );
  });

  test("not installed: says what to install", async () => {
    const missing = new Error("Cannot find package '@azure/identity' imported from /app/dist/lib/verify/credential.js");
    const load = (): Promise<unknown> => Promise.reject(missing);
    await expect(Credential.azureIdentity({ load })).rejects.toThrow(
      new CredentialError(
        "DefaultAzureCredential needs the package @azure/identity, which is not installed: run `npm install @azure/identity`, or use an api key or a bearer token",
      ),
    );
  });

  test("too old: says so", async () => {
    await expect(Credential.azureIdentity({ load: () => Promise.resolve({}) })).rejects.toThrow(
      new CredentialError("the installed @azure/identity has no DefaultAzureCredential: install version 4 or later"),
    );
  });

  test("broken: the package's own error", async () => {
    const broken = new Error("Cannot find package 'tslib' imported from /app/node_modules/@azure/identity/index.js");
    await expect(Credential.azureIdentity({ load: () => Promise.reject(broken) })).rejects.toBe(broken);
  });
});

import { Duration } from "../duration.js";
import {
  type Api,
  Credential,
  type Expectations,
  MAX_CONCURRENCY,
  MAX_INSTANCES,
  MAX_REQUESTS,
  MAX_TIMEOUT,
  MIN_TIMEOUT,
  UsageError,
  type VerifyOptions,
} from "../verify/index.js";
import { numberOption, parseArguments, wholeNumberOption } from "./arguments.js";

/** The arguments of `aoai-lb verify`, understood. */
export type VerifyArguments =
  | { readonly kind: "help" }
  | {
      readonly kind: "run";
      readonly json: boolean;
      /** The file of the page. */
      readonly page: string | undefined;
      readonly credential: CredentialArgument;
      readonly options: Omit<VerifyOptions, "credential" | "fetch" | "clock" | "signal" | "onSample">;
    };

export type CredentialArgument =
  | { readonly kind: "api-key"; readonly key: string }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "azure-identity" };

export const VERIFY_HELP = `Usage: aoai-lb verify <url> --deployment <name> [options]

Sends chat completions to a gateway, simulated or deployed, and reports which backend served each: is it round robin?

  <url>                    base address of the gateway, e.g. https://gateway.example.com
  --host <name>            host name to ask for, if DNS does not lead it to the gateway yet

What is sent
  --deployment <name>      deployment that every backend has (required)
  --api <legacy|v1>        /openai/deployments/<name>/... or /openai/v1/... (default: legacy)
  --api-version <version>  default: 2024-10-21 for legacy, none for v1
  --stream                 ask for streams and measure the time to the first token
  --requests <n>           how many requests, 1 to 1000000 (default: as many as notice a 60/40 split of two in 9 of
                           10 runs: 60 for 1 instance, 84 for 4, 132 for 10, 804 for 125)
  --concurrency <n>        how many at a time, 1 to 1000 (default: 4)
  --timeout <seconds>      for one whole answer, 0.001 to 86400 (default: 60)
  --insecure               accept any TLS certificate, for trials with a self-signed one

Who sends it (one of these; without any, the token of the environment comes before its key)
  --token <token>          default: the environment variable AZURE_OPENAI_AD_TOKEN
  --api-key <key>          default: the environment variable AZURE_OPENAI_API_KEY
  --azure-identity         DefaultAzureCredential; needs the package @azure/identity

What is expected
  --expect <backends>      how many backends, or their names separated by commas (default: two or more)
  --instances <n>          the most instances that the gateway can have, 1 to 125: the counts of round robin differ by
                           at most as many (default: as many as connections are opened, 125 at most)
  --header <name>          response header that names the backend (default: x-ms-region)
  --max-errors <percent>   of answers that are not 2xx, 429 included (default: 0)
  --significance <p>       p-value under which a spread that round robin can produce gets a warning (default: 0.01)

  --report <file>          also write the report as an HTML page with charts
  --json                   print the report as JSON
  --help                   print this

Exit code: 0 the spread is one that a round robin of so many instances can produce, and nothing else is amiss; 1 it is
not, a backend is missing, answers do not say who served them, or there are too many errors; 2 wrong usage.
`;

/** @throws UsageError */
export function parseVerifyArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): VerifyArguments {
  const { values, positionals } = parse(args);
  if (values.help === true) return { kind: "help" };
  const [url, ...more] = positionals;
  if (url === undefined)
    throw new UsageError("the address of the gateway is missing: aoai-lb verify <url> --deployment <name>");
  if (more.length > 0) throw new UsageError(`one address is expected; got also "${more.join('" "')}"`);
  if (values.deployment === undefined)
    throw new UsageError("--deployment is missing: the name of a deployment that every backend has");
  return {
    kind: "run",
    json: values.json ?? false,
    page: pageOption(values.report),
    credential: credentialArgument(values, env),
    options: {
      url,
      deployment: values.deployment,
      stream: values.stream ?? false,
      insecure: values.insecure ?? false,
      expect: expectations(values),
      ...given({
        host: values.host,
        api: apiOption(values.api),
        apiVersion: values["api-version"],
        backendHeader: values.header,
        requests: wholeNumberOption("--requests", values.requests, 1, MAX_REQUESTS),
        concurrency: wholeNumberOption("--concurrency", values.concurrency, 1, MAX_CONCURRENCY),
        timeout: timeoutOption(values.timeout),
      }),
    },
  };
}

/** @throws CredentialError (the promise) */
export async function resolveVerifyArguments({
  credential,
  options,
}: Extract<VerifyArguments, { kind: "run" }>): Promise<VerifyOptions> {
  return { ...options, credential: await makeCredential(credential) };
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  return parseArguments("verify", args, {
    host: { type: "string" },
    deployment: { type: "string" },
    api: { type: "string" },
    "api-version": { type: "string" },
    stream: { type: "boolean" },
    requests: { type: "string" },
    concurrency: { type: "string" },
    timeout: { type: "string" },
    insecure: { type: "boolean" },
    "api-key": { type: "string" },
    token: { type: "string" },
    "azure-identity": { type: "boolean" },
    expect: { type: "string" },
    instances: { type: "string" },
    header: { type: "string" },
    significance: { type: "string" },
    "max-errors": { type: "string" },
    report: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
}

function credentialArgument(values: Values, env: Readonly<Record<string, string | undefined>>): CredentialArgument {
  const { "api-key": key, token, "azure-identity": identity } = values;
  if ([key, token, identity].filter((value) => value !== undefined).length > 1) {
    throw new UsageError("--api-key, --token and --azure-identity exclude each other: give one");
  }
  if (identity === true) return { kind: "azure-identity" };
  if (key !== undefined) return { kind: "api-key", key };
  if (token !== undefined) return { kind: "token", token };
  const { AZURE_OPENAI_API_KEY: keyFromEnv = "", AZURE_OPENAI_AD_TOKEN: tokenFromEnv = "" } = env;
  // The order of the openai package for Python, which reads both.
  if (tokenFromEnv !== "") return { kind: "token", token: tokenFromEnv };
  if (keyFromEnv !== "") return { kind: "api-key", key: keyFromEnv };
  throw new UsageError(
    "a credential is missing: set AZURE_OPENAI_API_KEY or AZURE_OPENAI_AD_TOKEN, or give --api-key, --token or --azure-identity",
  );
}

function makeCredential(argument: CredentialArgument): Credential | Promise<Credential> {
  switch (argument.kind) {
    case "api-key":
      return Credential.apiKey(argument.key);
    case "token":
      return Credential.bearerToken(argument.token);
    case "azure-identity":
      return Credential.azureIdentity();
  }
}

function expectations(values: Values): Expectations {
  const percent = numberOption("--max-errors", values["max-errors"], 0, 100);
  return given({
    backends: values.expect === undefined ? undefined : toBackends(values.expect),
    instances: wholeNumberOption("--instances", values.instances, 1, MAX_INSTANCES),
    significance: numberOption("--significance", values.significance, 0, 1),
    maxErrorShare: percent === undefined ? undefined : percent / 100,
  });
}

/** `3`, or `East US, Sweden Central`. */
function toBackends(text: string): number | readonly string[] {
  if (/^\d+$/.test(text)) return Number(text);
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new UsageError(`--expect is a number or names separated by commas; got "${text}"`);
  return names;
}

function pageOption(file: string | undefined): string | undefined {
  if (file === undefined || /\.html?$/i.test(file)) return file;
  throw new UsageError(`--report is the name of an HTML file; got "${file}"`);
}

function apiOption(text: string | undefined): Api | undefined {
  if (text === undefined || text === "legacy" || text === "v1") return text;
  throw new UsageError(`--api is legacy or v1; got "${text}"`);
}

function timeoutOption(text: string | undefined): Duration | undefined {
  const seconds = numberOption("--timeout", text, MIN_TIMEOUT.toSeconds(), MAX_TIMEOUT.toSeconds());
  return seconds === undefined ? undefined : Duration.seconds(seconds);
}

/** Without the options that were left out: the run has defaults for them. */
function given<T extends object>(values: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

import { ServiceError } from "./service-error.js";

/** The operations that the server knows, by the name of the path behind the API's prefix. */
export const OPERATIONS = [
  "chat/completions",
  "embeddings",
  "images/generations",
  "audio/transcriptions",
  "responses",
  "conversations",
  "models",
  "files",
  "messages",
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** What a request's path and query say. */
export interface Route {
  /** `inference` and `anthropic` are Foundry's: `/models/…` and `/anthropic/v1/…`. */
  readonly api: "legacy" | "v1" | "inference" | "anthropic";
  readonly operation: OperationName;
  /** Of the path; every other API, and the legacy Responses API, carry it in the body. */
  readonly deployment: string | undefined;
  /** What follows the operation: `["resp_1"]` of `/responses/resp_1`. */
  readonly rest: readonly string[];
  readonly apiVersion: string | undefined;
}

/** Dated versions of the legacy API that inference answers to. */
export const API_VERSIONS: readonly string[] = [
  "2022-12-01",
  "2023-05-15",
  "2024-02-01",
  "2024-06-01",
  "2024-10-21",
  "2024-05-01-preview",
  "2024-07-01-preview",
  "2024-08-01-preview",
  "2024-09-01-preview",
  "2024-10-01-preview",
  "2024-12-01-preview",
  "2025-01-01-preview",
  "2025-02-01-preview",
  "2025-03-01-preview",
  "2025-04-01-preview",
];
const V1_API_VERSIONS: readonly (string | undefined)[] = [undefined, "v1", "preview", "latest"];
const RESPONSES_SINCE = "2025-03-01-preview";
/** Of `/models/…`: the Azure AI model inference API. */
const INFERENCE_API_VERSIONS: readonly string[] = ["2024-05-01-preview", "2025-04-01", "2025-05-15-preview"];
/** Which operations each API has; the legacy API has those of its versions' time. */
const HAS: Readonly<Record<Route["api"], (operation: OperationName) => boolean>> = {
  legacy: (operation) => operation !== "messages" && operation !== "conversations",
  v1: (operation) => operation !== "messages",
  inference: (operation) => operation === "chat/completions" || operation === "embeddings",
  anthropic: (operation) => operation === "messages",
};
/** Operations of the legacy API whose path does not name a deployment. */
const ACCOUNT_WIDE: readonly OperationName[] = ["responses", "models", "files"];

/** @throws ServiceError as Azure OpenAI answers a path or `api-version` that it does not have */
export function routeOf(path: string, apiVersion: string | undefined, apiVersions: readonly string[]): Route {
  const [, prefix, name = ""] = /^\/(openai\/v1|models|anthropic\/v1)\/(.+)$/.exec(path) ?? [];
  switch (prefix) {
    case "openai/v1":
      if (!V1_API_VERSIONS.includes(apiVersion)) throw ServiceError.apiVersionNotSupported();
      return { api: "v1", deployment: undefined, apiVersion, ...operationOf("v1", name) };
    case "models":
      if (apiVersion === undefined || !INFERENCE_API_VERSIONS.includes(apiVersion)) {
        throw ServiceError.resourceNotFound();
      }
      return { api: "inference", deployment: undefined, apiVersion, ...operationOf("inference", name) };
    case "anthropic/v1":
      return { api: "anthropic", deployment: undefined, apiVersion, ...operationOf("anthropic", name) };
  }
  const legacy = /^\/openai\/(?:deployments\/([^/]+)\/)?(.+)$/.exec(path);
  if (legacy === null || apiVersion === undefined || !apiVersions.includes(apiVersion)) {
    throw ServiceError.resourceNotFound();
  }
  const deployment = legacy[1] === undefined ? undefined : decoded(legacy[1]);
  const found = operationOf("legacy", legacy[2] ?? "");
  if (ACCOUNT_WIDE.includes(found.operation) !== (deployment === undefined)) throw ServiceError.resourceNotFound();
  if (found.operation === "responses" && apiVersion < RESPONSES_SINCE) {
    throw ServiceError.responsesNeedNewerVersion(RESPONSES_SINCE);
  }
  return { api: "legacy", deployment, apiVersion, ...found };
}

function operationOf(api: Route["api"], path: string): Pick<Route, "operation" | "rest"> {
  const operation = OPERATIONS.find((name) => path === name || path.startsWith(`${name}/`));
  if (operation === undefined || !HAS[api](operation)) throw ServiceError.resourceNotFound();
  return { operation, rest: path.slice(operation.length).split("/").filter(Boolean).map(decoded) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw ServiceError.resourceNotFound();
  }
}

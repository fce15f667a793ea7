import { ServiceError } from "./service-error.js";

/** The operations that the server knows, by the name of the path behind the API's prefix. */
export const OPERATIONS = [
  "chat/completions",
  "embeddings",
  "images/generations",
  "audio/transcriptions",
  "responses",
  "models",
  "files",
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** What a request's path and query say. */
export interface Route {
  readonly api: "legacy" | "v1";
  readonly operation: OperationName;
  /** Of the path; the v1 API and the legacy Responses API carry it in the body. */
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
/** Operations of the legacy API whose path does not name a deployment. */
const ACCOUNT_WIDE: readonly OperationName[] = ["responses", "models", "files"];

/** @throws ServiceError as Azure OpenAI answers a path or `api-version` that it does not have */
export function routeOf(path: string, apiVersion: string | undefined, apiVersions: readonly string[]): Route {
  const v1 = /^\/openai\/v1\/(.+)$/.exec(path);
  if (v1 !== null) {
    if (!V1_API_VERSIONS.includes(apiVersion)) throw ServiceError.apiVersionNotSupported();
    return { api: "v1", deployment: undefined, apiVersion, ...operationOf(v1[1] ?? "") };
  }
  const legacy = /^\/openai\/(?:deployments\/([^/]+)\/)?(.+)$/.exec(path);
  if (legacy === null || apiVersion === undefined || !apiVersions.includes(apiVersion)) {
    throw ServiceError.resourceNotFound();
  }
  const deployment = legacy[1] === undefined ? undefined : decoded(legacy[1]);
  const found = operationOf(legacy[2] ?? "");
  if (ACCOUNT_WIDE.includes(found.operation) !== (deployment === undefined)) throw ServiceError.resourceNotFound();
  if (found.operation === "responses" && apiVersion < RESPONSES_SINCE) {
    throw ServiceError.responsesNeedNewerVersion(RESPONSES_SINCE);
  }
  return { api: "legacy", deployment, apiVersion, ...found };
}

function operationOf(path: string): Pick<Route, "operation" | "rest"> {
  const operation = OPERATIONS.find((name) => path === name || path.startsWith(`${name}/`));
  if (operation === undefined) throw ServiceError.resourceNotFound();
  return { operation, rest: path.slice(operation.length).split("/").filter(Boolean).map(decoded) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw ServiceError.resourceNotFound();
  }
}

/**
 * APIs whose requests refer to what one account keeps. They are pinned as a whole: a request that creates something, such as
 * `POST /responses`, carries no id that would say where it belongs.
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/latest
 */
const STATEFUL_APIS = [
  "assistants",
  "batches",
  "containers",
  "conversations",
  "evals",
  "files",
  "fine_tuning",
  "responses",
  "threads",
  "uploads",
  "vector_stores",
  // `/videos`, and `/video/generations` before it.
  "video",
];

/** Path patterns of these APIs, for the legacy API and for version 1. */
export const STATEFUL_PATHS: readonly string[] = ["/openai", "/openai/v1"].flatMap((base) =>
  STATEFUL_APIS.map((api) => `${base}/${api}*`),
);

/** Plain round robin over several backends. */
export function spreadWarning(backends: number): string {
  return `statefulApis: ${STATEFUL_WORDS} is kept by one of ${backends} accounts and asked of all in turn, so agents that come through the gateway fail; set addressing or statefulApis, or statefulApis to { "spread": true } (in code: GatewayTarget.all()) if no client uses them; see docs/addressing.md`;
}

/** A pool of several backends, which does not help. */
export function pinnedToManyWarning(pool: string, backends: number): string {
  return `statefulApis: ${STATEFUL_WORDS} is still asked of ${backends} accounts in turn, those of the pool "${pool}"; name one backend; see docs/addressing.md`;
}

const STATEFUL_WORDS = "what /responses, files, batches, threads and other stateful APIs store";

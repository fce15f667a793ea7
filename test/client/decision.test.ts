import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decide, type Decision, type Ending } from "../../lib/client/call/decision.js";
import { ROOT } from "../support/config.js";

const response = (status: number, code?: string, message = "", hintMilliseconds?: number): Ending => ({
  kind: "response",
  status,
  error: code === undefined && message === "" ? undefined : { code, message },
  hintMilliseconds,
});
const network = (code: string, neverSent: boolean): Ending => ({ kind: "network", failure: { code, neverSent } });

const throttled = (hintMilliseconds?: number): Decision => ({
  outcome: "throttled",
  scope: "deployment",
  hintMilliseconds,
  ambiguous: false,
});
const failed = (scope: "deployment" | "endpoint" | "origin", ambiguous = true, hint?: number): Decision => ({
  outcome: "failed",
  scope,
  hintMilliseconds: hint,
  ambiguous,
});
const misconfigured = (scope: "endpoint" | "operation" | "deployment"): Decision => ({
  outcome: "misconfigured",
  scope,
  hintMilliseconds: undefined,
  ambiguous: false,
});

interface Row {
  /** As in the page's table. */
  readonly row: string;
  readonly endings: readonly Ending[];
  readonly decision: Decision;
  readonly references?: readonly string[];
}

const TABLE: readonly Row[] = [
  { row: "429", endings: [response(429)], decision: throttled() },
  { row: "429", endings: [response(429, undefined, "", 600_000)], decision: throttled(600_000) },
  {
    row: "429 that asks for more than 10 min",
    endings: [response(429, undefined, "", 600_001), response(429, undefined, "", 86_400_000)],
    decision: { outcome: "too-large" },
  },
  {
    row: "408, 500, 502, 503, 504, 520-524, 529",
    endings: [408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529].map((status) => response(status)),
    decision: failed("deployment"),
  },
  {
    row: "408, 500, 502, 503, 504, 520-524, 529",
    endings: [response(503, undefined, "", 7_000)],
    decision: failed("deployment", true, 7_000),
  },
  // The inspection gives these the status that they would have had: see stream-beginnings.test.ts.
  {
    row: "an event stream that begins with an error",
    endings: [response(429, "rate_limit_exceeded")],
    decision: throttled(),
  },
  {
    row: "connection refused, name not found, connect timeout, certificate refused",
    endings: [network("ECONNREFUSED", true), network("ENOTFOUND", true)],
    decision: failed("origin", false),
  },
  {
    row: "connection reset or closed, any other failure of `fetch`",
    endings: [network("ECONNRESET", false)],
    decision: failed("endpoint"),
  },
  {
    row: "no headers within `attemptTimeout`, no event within `firstEventTimeout`",
    endings: [{ kind: "timeout" }],
    decision: failed("deployment"),
  },
  {
    row: "401, a token provider that fails or takes over 30 s",
    endings: [response(401), { kind: "no-credential" }],
    decision: misconfigured("endpoint"),
  },
  { row: "403", endings: [response(403)], decision: misconfigured("operation") },
  {
    row: "404 `DeploymentNotFound`; 400 or 404 `model_not_found`, `unknown_model`",
    endings: ["DeploymentNotFound", "model_not_found", "unknown_model"].flatMap((code) => [
      response(404, code),
      response(400, code),
    ]),
    decision: misconfigured("deployment"),
    references: ["resp_1"],
  },
  {
    row: "400 or 404: what the request refers to is not held here",
    endings: [
      response(400, "invalid_encrypted_content"),
      response(400, "previous_response_not_found"),
      response(400, undefined, "The encrypted content gAAA… could not be verified."),
      response(400, "invalid_request_error", "Item with id 'rs_1' not found."),
      response(404, undefined, "Item with id 'msg_9' not found. Items are not persisted when `store` is set to false."),
      response(
        400,
        undefined,
        "The requested item was created under a different Azure OpenAI resource. Use the same resource that created the item to access it.",
      ),
      response(404, undefined, "Previous response with id 'resp_9' not found."),
    ],
    decision: { outcome: "not-held" },
  },
  {
    row: "400 or 404: what the request refers to is not held here",
    endings: [
      response(404),
      response(404, "not_found"),
      response(400, undefined, "No file found with id 'file-1'."),
      response(400, "invalid_value", "Vector store file-1 does not exist"),
    ],
    decision: { outcome: "not-held" },
    references: ["vs_0", "file-1"],
  },
  {
    row: "any other response, 400 (content filter) and redirects included",
    endings: [
      ...[200, 201, 204, 302, 307, 400, 404, 405, 409, 413, 415, 422, 501].map((status) => response(status)),
      response(400, "content_filter"),
      response(400, "context_length_exceeded", "resp_1 is too long"),
      response(404, "not_found"),
    ],
    decision: { outcome: "answered" },
  },
  {
    row: "any other response, 400 (content filter) and redirects included",
    endings: [response(400, "content_filter"), response(400, "invalid_value", "file-1 has the wrong purpose")],
    decision: { outcome: "answered" },
    references: ["file-1"],
  },
];

test.each(TABLE)("$row: $decision.outcome", ({ endings, decision, references = [] }) => {
  for (const ending of endings) expect({ ending, decision: decide(ending, references) }).toEqual({ ending, decision });
});

test("the page's table has the same rows, in this order", () => {
  const page = readFileSync(join(ROOT, "docs/client.md"), "utf8");
  const table = page.slice(page.indexOf("| an attempt ends with"), page.indexOf("And beyond a single answer"));
  const rows = table
    .trim()
    .split("\n")
    .slice(2)
    .map((line) => line.split("|")[1]?.trim());
  expect(rows).toEqual([...new Set(TABLE.map(({ row }) => row))]);
});

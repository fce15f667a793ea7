import { DEFAULT_PROBE_PATH } from "./defaults.js";
import { type Problem, quote } from "./problem.js";

/** A path that the probe asks every backend for. */
export function probePathProblem(value: string): Problem {
  if (!value.startsWith("/"))
    return `${quote(value)} does not start with "/"; write a path such as "/status-0123456789abcdef"`;
  if (/^\/[-\w.~!$&'()*+,;=:@%/?]*$/.test(value)) return undefined;
  return `${quote(value)} has characters that are not allowed in a URL path; percent-encode them`;
}

/** Status codes that count as healthy: one (`200`) or a range (`200-399`). */
export function statusCodesProblem(value: string): Problem {
  const [, from, to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(value) ?? [];
  if (from === undefined || to === undefined) {
    return `${quote(value)} is not a status code or a range of status codes; write "200" or "200-399", from 100 to 599`;
  }
  return from <= to ? undefined : `${quote(value)} is a range that ends before it starts; write "${to}-${from}"`;
}

/** What Azure OpenAI answers to a probe of this path, which carries no token; undefined where that is not known. */
function answerOfAzureOpenAi(path: string): number | undefined {
  const [bare = ""] = path.split("?");
  if (bare === DEFAULT_PROBE_PATH) return 200;
  if (/^\/+$/.test(bare)) return 404;
  return /^\/openai\//i.test(bare) ? 401 : undefined;
}

/** A probe that Azure OpenAI answers otherwise than is meant. */
export function probeWarning(path: string, statusCodes: readonly string[]): string | undefined {
  const accepted = statusCodes.join(", ");
  const answer = answerOfAzureOpenAi(path);
  const fix = `probe "${DEFAULT_PROBE_PATH}", which it answers with 200`;
  if (answer !== undefined && !statusCodes.some((range) => includes(range, answer)))
    return `healthProbe: Azure OpenAI answers ${quote(path)} with ${answer}, and only ${accepted} is accepted, so every backend is unhealthy and each request gets a 502; ${answer === 200 ? "accept 200" : fix}`;
  if (answer === 404)
    return `healthProbe: Azure OpenAI answers ${quote(path)} with 404, as any server without that page does; ${fix}`;
  if (statusCodes.every((range) => !includesSuccess(range)))
    return `healthProbe: only ${accepted} is accepted, and Azure OpenAI sends only errors with such a code: 404 where there is nothing, 401 without a token; ${fix}`;
  return undefined;
}

function endsOf(range: string): readonly [from: number, to: number] {
  const [from = "", to = from] = range.split("-");
  return [Number(from), Number(to)];
}

function includes(range: string, code: number): boolean {
  const [from, to] = endsOf(range);
  return from <= code && code <= to;
}

function includesSuccess(range: string): boolean {
  const [from, to] = endsOf(range);
  return from < 400 && to >= 200;
}

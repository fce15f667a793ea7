import { type Problem, quote } from "./problem.js";

/** A path that the probe asks every backend for. */
export function probePathProblem(value: string): Problem {
  if (!value.startsWith("/"))
    return `${quote(value)} does not begin with "/"; write a path such as "/status-0123456789abcdef"`;
  if (/^\/[-\w.~!$&'()*+,;=:@%/?]*$/.test(value)) return undefined;
  return `${quote(value)} has characters that a URL path cannot have; percent-encode them`;
}

/** Status codes that count as healthy: one (`200`) or a range (`200-399`). */
export function statusCodesProblem(value: string): Problem {
  const [, from, to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(value) ?? [];
  if (from === undefined || to === undefined) {
    return `${quote(value)} is not a status code or a range of them; write "200" or "200-399", from 100 to 599`;
  }
  return from <= to ? undefined : `${quote(value)} is a range that ends before it begins; write "${to}-${from}"`;
}

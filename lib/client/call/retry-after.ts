/**
 * How long an endpoint asks to be left alone, in milliseconds: the first usable of `retry-after-ms`,
 * `x-ms-retry-after-ms` and `retry-after` (seconds, fractional too, or an HTTP date). Zero, negative, past and
 * malformed values are not used; undefined where none is left.
 *
 * @param wallClock milliseconds since the epoch; used for an HTTP date where the response has no `date` of
 *   its own (with it, a skewed local clock does no harm).
 */
export function retryAfterMilliseconds(headers: Headers, wallClock: () => number): number | undefined {
  return (
    positive(decimal(headers.get("retry-after-ms"))) ??
    positive(decimal(headers.get("x-ms-retry-after-ms"))) ??
    positive(seconds(headers.get("retry-after"))) ??
    positive(untilDate(headers.get("retry-after"), headers.get("date"), wallClock))
  );
}

/** The longer of `x-ratelimit-reset-requests` and `x-ratelimit-reset-tokens`, likewise. */
export function rateLimitResetMilliseconds(headers: Headers): number | undefined {
  const requests = positive(interval(headers.get("x-ratelimit-reset-requests"))) ?? 0;
  const tokens = positive(interval(headers.get("x-ratelimit-reset-tokens"))) ?? 0;
  return positive(Math.max(requests, tokens));
}

function positive(milliseconds: number): number | undefined {
  return Number.isFinite(milliseconds) && milliseconds > 0 ? milliseconds : undefined;
}

/** Strict, unlike parseFloat: "12 monkeys" and "0x10" are no numbers of a header. */
function decimal(text: string | null): number {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
}

function seconds(text: string | null): number {
  return decimal(text) * 1_000;
}

function untilDate(text: string | null, sent: string | null, wallClock: () => number): number {
  // Date.parse takes "-1" for a year: an HTTP date starts with the day's name (RFC 9110, 5.6.7).
  if (text === null || !/^\s*[A-Za-z]{3}/.test(text)) return Number.NaN;
  const reference = sent === null ? Number.NaN : httpDate(sent);
  return httpDate(text) - (Number.isNaN(reference) ? wallClock() : reference);
}

/** The form of C's asctime names no time zone: it is UTC, like the others (RFC 9110, 5.6.7). */
function httpDate(text: string): number {
  return Date.parse(/:\d\d \d{4}\s*$/.test(text) ? `${text} GMT` : text);
}

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Plain seconds as Azure sends, or `1h2m3.5s`, `20ms` as OpenAI does. */
function interval(text: string | null): number {
  if (text === null || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return seconds(text);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MILLISECONDS[unit ?? ""] ?? Number.NaN);
  }
  return total;
}

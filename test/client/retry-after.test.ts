import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import fc from "fast-check";
import { rateLimitResetMilliseconds, retryAfterMilliseconds } from "../../lib/client/call/retry-after.js";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const wallClock = () => NOW;

describe("retryAfterMilliseconds", () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ["no header", {}, undefined],
    ["retry-after-ms", { "retry-after-ms": "1500" }, 1500],
    ["a fraction of retry-after-ms", { "retry-after-ms": "12.5" }, 12.5],
    ["x-ms-retry-after-ms", { "x-ms-retry-after-ms": "700" }, 700],
    ["retry-after in seconds", { "retry-after": "7" }, 7000],
    ["retry-after in fractional seconds", { "retry-after": "0.25" }, 250],
    ["blanks around", { "retry-after": " 3 " }, 3000],
    ["an HTTP date", { "retry-after": "Sun, 22 Nov 2026 12:00:09 GMT" }, 9000],
    [
      "an HTTP date by the server's own clock",
      { "retry-after": "Sun, 22 Nov 2026 15:00:09 GMT", date: "Sun, 22 Nov 2026 15:00:00 GMT" },
      9000,
    ],
    ["an unreadable date header", { "retry-after": "Sun, 22 Nov 2026 12:00:09 GMT", date: "today" }, 9000],
    ["a date in the past", { "retry-after": "Sun, 22 Nov 2026 11:59:59 GMT" }, undefined],
    ["milliseconds before seconds", { "retry-after-ms": "20", "x-ms-retry-after-ms": "30", "retry-after": "9" }, 20],
    ["x-ms- before seconds", { "x-ms-retry-after-ms": "30", "retry-after": "9" }, 30],
    ["0 passes on to the next", { "retry-after-ms": "0", "retry-after": "2" }, 2000],
    ["NaN passes on to the next", { "retry-after-ms": "NaN", "x-ms-retry-after-ms": "soon", "retry-after": "2" }, 2000],
    ["a negative one passes on to the next", { "retry-after-ms": "-5", "retry-after": "2" }, 2000],
    ["0 s", { "retry-after": "0" }, undefined],
    ["a negative number is no year", { "retry-after": "-1" }, undefined],
    ["Infinity", { "retry-after": "Infinity" }, undefined],
    ["hexadecimal", { "retry-after": "0x10" }, undefined],
    ["a number with a tail", { "retry-after": "12 monkeys" }, undefined],
    ["nothing", { "retry-after": "" }, undefined],
  ])("%s", (_, headers, expected) => {
    expect(retryAfterMilliseconds(new Headers(headers), wallClock)).toBe(expected);
  });

  test("a date in the form of asctime is UTC, wherever this runs", () => {
    const module = resolve(__dirname, "../../lib/client/call/retry-after.ts");
    const script = `
      const { retryAfterMilliseconds } = require(${JSON.stringify(module)});
      const headers = new Headers({ "retry-after": "Sun Nov 22 12:00:09 2026" });
      console.log(retryAfterMilliseconds(headers, () => ${NOW}));
    `;
    const env = { ...process.env, TZ: "America/New_York" };
    const printed = execFileSync(process.execPath, ["--import", "tsx", "-e", script], { env, encoding: "utf8" });
    expect(printed.trim()).toBe("9000");
  });

  test("is a finite, positive number or undefined, whatever the headers say", () => {
    const value = fc.oneof(fc.double().map(String), fc.string({ unit: "grapheme-ascii" }), fc.date().map(String));
    fc.assert(
      fc.property(value, value, (a, b) => {
        const headers = new Headers();
        headers.set("retry-after", a.trim());
        headers.set("retry-after-ms", b.trim());
        const length = retryAfterMilliseconds(headers, wallClock);
        expect(length === undefined || (Number.isFinite(length) && length > 0)).toBe(true);
      }),
    );
  });
});

describe("rateLimitResetMilliseconds", () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ["none", {}, undefined],
    ["Azure's seconds", { "x-ratelimit-reset-requests": "10" }, 10_000],
    ["OpenAI's milliseconds", { "x-ratelimit-reset-requests": "20ms" }, 20],
    ["OpenAI's minutes and seconds", { "x-ratelimit-reset-tokens": "6m0.5s" }, 360_500],
    ["hours", { "x-ratelimit-reset-tokens": "1h2m" }, 3_720_000],
    ["the longer of two", { "x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "3" }, 3000],
    ["one of them unusable", { "x-ratelimit-reset-requests": "soon", "x-ratelimit-reset-tokens": "3" }, 3000],
    ["0", { "x-ratelimit-reset-requests": "0", "x-ratelimit-reset-tokens": "0s" }, undefined],
    ["a negative one", { "x-ratelimit-reset-tokens": "-3" }, undefined],
  ])("%s", (_, headers, expected) => {
    expect(rateLimitResetMilliseconds(new Headers(headers))).toBe(expected);
  });
});

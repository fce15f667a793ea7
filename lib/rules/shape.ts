import { didYouMean, quote } from "./problem.js";

/** What JSON calls each type. */
export type JsonType = "a string" | "a number" | "true or false" | "an array" | "an object";

/** A field that has to be there. `fix` is what to write, such as `a string` or an example. */
export function missing(fix: string): string {
  return `is missing; write ${fix}`;
}

/** A value of another type than the field takes; `fix` is what to write, where that can be told from the value. */
export function wrongType(value: unknown, types: readonly JsonType[], fix?: string): string {
  return `${quote(value)} is not ${types.join(" or ")}${fix === undefined ? "" : `; write ${fix}`}`;
}

/** A list with too few members. */
export function tooFew(minimum: number | bigint): string {
  return `[] is empty; at least ${minimum} is needed`;
}

/** A list with too many members. */
export function tooMany(count: number, maximum: number | bigint): string {
  return `has ${count} members; at most ${maximum} are allowed`;
}

/** Fields of which exactly one has to be there. */
export function notExactlyOne(keys: readonly string[], given: readonly string[], fix: string): string {
  return given.length === 0 ? `has neither ${keys.join(" nor ")}; ${fix}` : `has both ${given.join(" and ")}; ${fix}`;
}

/** A field that has no effect beside another one. */
export function excludedBy(other: string, why: string): string {
  return `cannot be combined with ${other}, ${why}; remove one of them`;
}

/** A name that an object has twice. */
export function repeatedKey(): string {
  return "is in this object twice, and JSON keeps only the last one; remove one";
}

/** A key that is none of the known ones. Its value is not shown: it may be a secret. */
export function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key${didYouMean(camelCase(key), known) || `; known keys are ${known.join(", ")}`}`;
}

/** Whether a key names a credential of Azure OpenAI: `apiKey`, `api_key`, `token` … */
export function isCredentialKey(key: string): boolean {
  return /^(azure|openai|aoai|api|access|account|subscription|auth|bearer)*(keys?|token|secrets?|passwords?|credentials?)\d?$/i.test(
    key.replaceAll(/[^A-Za-z0-9]/g, ""),
  );
}

/** A credential of Azure OpenAI in a configuration of the gateway. */
export function credentialKey(): string {
  return "is a credential, and the gateway holds none: it forwards the Authorization or api-key header that each caller sends; remove it from this file. For keyless access list the callers in access.principals; keep keys in the callers' environment or vault";
}

/** A secret that Terraform reads from an environment variable. */
export function secretKey(variable: string): string {
  return `is a secret, which does not belong in this file; remove it and set the environment variable ${variable}`;
}

/** A key that Terraform renamed. */
export function renamedKey(name: string): string {
  return `is the deprecated name of ${name}; rename it to ${name}`;
}

/** `resource_group` as `resourceGroup`. */
export function camelCase(key: string): string {
  return key.replaceAll(/[_-]([a-z])/gi, (_, letter: string) => letter.toUpperCase());
}

const UNITS: readonly (readonly [unit: RegExp, seconds: number])[] = [
  [/^(ms|millis|milliseconds?)$/, 0.001],
  [/^(s|secs?|seconds?)$/, 1],
  [/^(m|mins?|minutes?)$/, 60],
  [/^(h|hrs?|hours?)$/, 3_600],
];

/** `"240s"`, `"4 min"` and `"PT4M"` as a number of seconds; undefined where the text is no whole number of seconds. */
export function secondsOf(value: unknown): number | undefined {
  const text =
    typeof value === "string"
      ? value
          .trim()
          .toLowerCase()
          .replace(/^pt(?=\d)/, "")
      : "";
  const [, amount = "", unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]+)$/.exec(text) ?? [];
  const [, factor = Number.NaN] = UNITS.find(([pattern]) => pattern.test(unit)) ?? [];
  const seconds = Number(amount) * factor;
  return Number.isInteger(seconds) ? seconds : undefined;
}

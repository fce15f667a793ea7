import { closest, distance } from "fastest-levenshtein";
import { type AttributeReference } from "./attribute.js";

/**
 * What is wrong with a value: the value, what is allowed and what to do; `undefined` when nothing is wrong.
 * The caller puts the field's name in front: a JSON path in the configuration file, a construct path in code.
 */
export type Problem = string | undefined;

/** One check of one value. */
export interface Rule<T> {
  (value: T): Problem;
  /** The same for a value that is known only after apply, as far as the attribute that it is read from tells. */
  readonly ofAttribute?: (reference: AttributeReference) => Problem;
  /** The same for a text of which parts are known only after apply: those are `…` here. */
  readonly ofTemplate?: (template: string) => Problem;
}

/** Room for an Azure resource id. */
const LONGEST_QUOTE = 300;
/** `timeout` for `timeoutSeconds` is a slip; `s` is none. */
const SHORTEST_BEGINNING = 4;

/** A value as a message shows it: truncated, and without the contents of lists and objects, which may be secret. */
export function quote(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : "[…]";
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0 ? "{}" : "{…}";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…"`;
}

/** `; did you mean "…"?` when a known word is similar, or starts with this one; else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const wanted = word.toLowerCase();
  const lower = known.map((k) => k.toLowerCase());
  const near = closest(wanted, lower);
  const changes = distance(wanted, near);
  // With every letter changed it is another word: "4" is no slip for "1".
  const isNear = changes <= Math.max(2, near.length / 3) && changes < near.length;
  const at = lower.findIndex((k) =>
    isNear ? k === near : wanted.length >= SHORTEST_BEGINNING && k.startsWith(wanted),
  );
  return at < 0 ? "" : `; did you mean ${quote(known[at])}?`;
}

/** The words of a closed set, as a message lists them. */
export function listed(words: readonly string[]): string {
  return words.map((word) => quote(word)).join(", ");
}

/** A rule for whole numbers that exposes its bounds. */
export interface RangeRule extends Rule<number> {
  readonly min: number;
  readonly max: number;
}

/** A whole number from `min` to `max`; `unit` is for the message ("seconds"). */
export function wholeNumber(min: number, max: number, unit = ""): RangeRule {
  const rule: Rule<number> = (value) =>
    Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `${quote(value)} is not allowed; write a whole number${unit && ` of ${unit}`} from ${min} to ${max}`;
  return Object.assign(rule, { min, max });
}

/** A word that is none of a closed set. */
export function wrongWord(value: unknown, words: readonly string[]): string {
  if (value === undefined) return `is missing; use one of ${listed(words)}`;
  return `${quote(value)} is not known; use one of ${listed(words)}${typeof value === "string" ? didYouMean(value, words) : ""}`;
}

/** One of a closed set of words. */
export function oneOf(words: readonly string[]): Rule<string> {
  return (value) => (words.includes(value) ? undefined : wrongWord(value, words));
}

/** Positions of the values that are in the list twice, each with the position of the first. */
export function duplicates(values: readonly string[]): { readonly at: number; readonly first: number }[] {
  return values.map((value, at) => ({ at, first: values.indexOf(value) })).filter(({ at, first }) => first < at);
}

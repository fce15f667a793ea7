import { type Duration } from "../duration.js";
import { InvalidOptionError } from "./errors.js";

/** @throws InvalidOptionError for a name that is none of the known ones: a slip would be ignored silently. */
export function refuseUnknownOptions(options: object, known: readonly string[], at: string): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InvalidOptionError(`${at}.${unknown}`, `is not an option; known are ${known.join(", ")}`);
  }
}

/** @param example how the object may look. */
export function checkedObject<T>(value: T, at: string, example: string): T {
  if (typeof value === "object" && value !== null) return value;
  // Only its type: a key may stand in the wrong place.
  const found = value === null || value === undefined ? String(value) : `of type ${typeof value}`;
  throw new InvalidOptionError(at, `is ${found}; give an object such as ${example}`);
}

export function checkedChoice<T extends string>(
  value: T | undefined,
  allowed: readonly T[],
  at: string,
): T | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw new InvalidOptionError(at, `is ${JSON.stringify(value)}; allowed are ${allowed.join(", ")}`);
}

export function checkedDuration(value: Duration | undefined, at: string): Duration | undefined {
  if (value === undefined) return undefined;
  // By its method: the CommonJS and the ESM build of this package have a class each.
  if (typeof value === "object" && typeof value?.toMilliseconds === "function" && value.toMilliseconds() > 0)
    return value;
  throw new InvalidOptionError(at, `is ${shown(value)}; give a Duration above 0, such as Duration.seconds(30)`);
}

export function checkedNumber(value: number, at: string): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InvalidOptionError(at, `is ${shown(value)}; give a finite number, 0 or more`);
}

export function checkedFunction<F>(value: F | undefined, at: string): F | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new InvalidOptionError(at, `is of type ${typeof value}; give a function`);
}

/** A text in quotes, so that "2" is not taken for 2. */
export function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

import fc from "fast-check";
import { ConfigError } from "../../lib/config/config-error.js";
import { parseConfig } from "../../lib/config/load-config.js";
import { validConfig } from "../support/valid-config.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];

/** Every place in a value. */
function places(value: Json, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => places(child, [...path, toKey(value, key)]))];
}

function toKey(parent: Json, key: string): string | number {
  return Array.isArray(parent) ? Number(key) : key;
}

/** The place that a problem's path names: `backends[0].fqdn`, `tags["a b"]`. */
function parsePath(text: string): Path {
  const segments = [...text.matchAll(/(?:^|\.)([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy)];
  expect(segments.map(([segment]) => segment).join("")).toBe(text);
  return segments.map(([, name, index, quoted]) =>
    index !== undefined ? Number(index) : (name ?? (JSON.parse(quoted ?? "") as string)),
  );
}

function has(value: Json, path: Path): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
  return has((value as Record<string | number, Json>)[key] ?? null, rest);
}

/** Every input is a configuration, or is refused with problems that can be found and read. */
function check(input: Json): void {
  try {
    expect(Object.isFrozen(parseConfig(input))).toBe(true);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.message).not.toMatch(/\n\s+at |\[object|undefined|NaN|function |ZodError/);
    for (const { path, problem } of error.problems) {
      expect(problem).toMatch(/\S/);
      // A field that is missing has a parent that is there.
      expect(has(input, parsePath(path).slice(0, -1))).toBe(true);
    }
    expect(new Set(error.problems.map(({ path, problem }) => `${path}: ${problem}`)).size).toBe(error.problems.length);
  }
}

const known = fc.constantFrom(
  ...["fqdn", "account", "name", "existing", "selfSigned", "subnetId", "instances", "id", "x y"],
);
const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -1, 1.5, 1e21, "", "x", "10.0.0.0/8", "Http", "a.openai.azure.com", "__proto__"),
  fc.integer(),
  fc.constantFrom("ä".repeat(300), "\u0000", "\ud800", "${x}"),
);
const part: fc.Arbitrary<Json> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(known, scalar, { maxKeys: 3, noNullPrototype: true }),
);

type Edit = (config: Json, path: Path) => Json;

/** The value with something done at a place. */
function edit(value: Json, path: Path, change: (at: Json) => Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change(value) ?? null;
  const child = (value as Record<string | number, Json>)[key] ?? null;
  const edited = rest.length === 0 ? change(child) : edit(child, rest, change);
  if (Array.isArray(value))
    return value.flatMap((item, at) => (at === key ? (edited === undefined ? [] : [edited]) : [item]));
  const entries = Object.entries(value as Record<string, Json>);
  return Object.fromEntries(
    entries.flatMap(([name, item]) => (name === key ? (edited === undefined ? [] : [[name, edited]]) : [[name, item]])),
  );
}

const drop: Edit = (config, path) => edit(config, path, () => undefined);
const replace =
  (put: Json): Edit =>
  (config, path) =>
    edit(config, path, () => put);
const insert =
  (key: string, put: Json): Edit =>
  (config, path) =>
    edit(config, path, (at) => {
      if (Array.isArray(at)) return [...at, put];
      return typeof at === "object" && at !== null ? { ...at, [key]: put } : at;
    });

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.constant(drop),
  part.map(replace),
  fc.tuple(fc.oneof(known, fc.string({ maxLength: 10 })), part).map(([key, put]) => insert(key, put)),
  // A copy of another part of the configuration.
  fc.nat().map((seed): Edit => (config, path) => {
    const all = places(config);
    const from = all[seed % all.length] ?? [];
    const copy = from.reduce((at, key) => (at as Record<string | number, Json>)[key] ?? null, config);
    return replace(copy)(config, path);
  }),
);

test("any JSON is a configuration, or problems with paths into it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (input) => {
      check(input as Json);
    }),
  );
});

test("any object of the fields is a configuration, or problems with paths into it", () => {
  const fields = Object.keys(validConfig());
  const input = fc.dictionary(
    fc.constantFrom(...fields),
    fc.oneof(part, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>),
    {
      noNullPrototype: true,
    },
  );
  fc.assert(
    fc.property(input, (value) => {
      check(value);
    }),
    { numRuns: 100 },
  );
});

test("a valid configuration with a few parts dropped, replaced or inserted is one, or problems with paths into it", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), edits), { minLength: 1, maxLength: 4 }), (steps) => {
      const input = steps.reduce<Json>(
        (config, [seed, change]) => {
          const all = places(config);
          return change(config, all[seed % all.length] ?? []);
        },
        validConfig() as object as Json,
      );
      check(input);
    }),
    { numRuns: 400 },
  );
});

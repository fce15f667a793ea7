import { readFileSync } from "node:fs";
import { type z } from "zod";
import { guidProblem } from "../rules/resource-id.js";
import { repeatedKey } from "../rules/shape.js";
import { ConfigError, type ConfigProblem, jsonPath, type Position } from "./config-error.js";
import { type Json, type JsonPath, readJsonText } from "./json-text.js";
import { type PlacedProblem, schemaProblems } from "./schema-problems.js";

/** A configuration with the file that it is from. */
export interface ConfigFile<T> {
  readonly file: string;
  /** With every default filled in, frozen. */
  readonly config: T;
  /** Where a value is in the file. */
  positionOf(path: JsonPath): Position | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a file and checks it.
 * @throws ConfigError with every problem of the file, in the order of the file
 */
export function readConfigFile<T extends { readonly subscriptionId?: string | undefined }>(
  file: string,
  schema: z.ZodType<T>,
  env: Environment,
): ConfigFile<T> {
  const json = readJsonText(read(file));
  if (json.kind === "not JSON") throw new ConfigError(file, [{ path: "", ...json }]);
  const config = withSubscription(checkConfig(json.value, file, schema, json), env["ARM_SUBSCRIPTION_ID"]);
  return { file, config, positionOf: (path) => json.positionOf(path) };
}

/**
 * Checks a configuration and fills in the defaults.
 * @throws ConfigError with every problem
 */
export function checkConfig<T>(input: unknown, file: string, schema: z.ZodType<T>, json?: Json): T {
  const parsed = schema.safeParse(input);
  const repeated = json?.repeated ?? [];
  if (parsed.success && repeated.length === 0) return deepFreeze(parsed.data);
  const found = parsed.success ? [] : schemaProblems(parsed.error.issues, input, schema);
  const problems: ConfigProblem[] = [
    ...repeated.map(({ path, position }) => ({ path: jsonPath(path), problem: repeatedKey(), position })),
    ...found.map((problem) => withPosition(problem, json)),
  ];
  throw new ConfigError(file, problems.sort(byPosition));
}

/** A problem as it is reported. */
export function withPosition(
  { path, problem }: PlacedProblem,
  file: Pick<ConfigFile<unknown>, "positionOf"> | undefined,
): ConfigProblem {
  return { path: jsonPath(path), problem, position: file?.positionOf(path) };
}

/** In the order of the file; without one, in the order of the schema. */
function byPosition({ position: a }: ConfigProblem, { position: b }: ConfigProblem): number {
  return a && b ? a.line - b.line || a.column - b.column : 0;
}

/** A file that names no subscription is for the one that the azurerm provider would take. */
function withSubscription<T extends { readonly subscriptionId?: string | undefined }>(
  config: T,
  subscriptionId: string | undefined,
): T {
  if (config.subscriptionId !== undefined || !subscriptionId) return config;
  const problem = guidProblem(subscriptionId);
  if (problem) throw new ConfigError("environment", [{ path: "ARM_SUBSCRIPTION_ID", problem }]);
  return deepFreeze({ ...config, subscriptionId });
}

function read(file: string): string {
  const fail = (problem: string) => new ConfigError(file, [{ path: "", problem }]);
  const other = "name another one in the environment variable AOAI_LB_CONFIG";
  try {
    const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
    if (text.includes("\0")) throw fail("is not UTF-8 text; save it as UTF-8");
    return text;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw fail(`does not exist; create it, or ${other}`);
    throw fail(code === "EISDIR" ? `is a directory, not a file; ${other}` : `cannot be read (${code}); ${other}`);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}

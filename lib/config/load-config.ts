import { readFileSync } from "node:fs";
import { guidProblem } from "../rules/resource-id.js";
import { repeatedKey } from "../rules/shape.js";
import { ConfigError, type ConfigProblem, jsonPath } from "./config-error.js";
import { type GatewayConfig, gatewayConfigSchema } from "./gateway-config.js";
import { type Json, readJsonText } from "./json-text.js";
import { schemaProblems } from "./schema-problems.js";

/** Read when `AOAI_LB_CONFIG` names no other. */
export const DEFAULT_CONFIG_FILE = "gateway.config.json";

/**
 * Reads the configuration file that `AOAI_LB_CONFIG` names, or `gateway.config.json`.
 * @throws ConfigError with every problem of the file, in the order of the file
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): GatewayConfig {
  const file = env["AOAI_LB_CONFIG"] || DEFAULT_CONFIG_FILE;
  const json = readJsonText(read(file));
  if (json.kind === "not JSON") throw new ConfigError(file, [{ path: "", ...json }]);
  return withSubscription(check(json.value, file, json), env["ARM_SUBSCRIPTION_ID"]);
}

/**
 * Checks a configuration and fills in the defaults. The result is frozen.
 * @throws ConfigError with every problem
 */
export function parseConfig(input: unknown, file = DEFAULT_CONFIG_FILE): GatewayConfig {
  return check(input, file);
}

function check(input: unknown, file: string, json?: Json): GatewayConfig {
  const parsed = gatewayConfigSchema.safeParse(input);
  const repeated = json?.repeated ?? [];
  if (parsed.success && repeated.length === 0) return deepFreeze(parsed.data);
  const found = parsed.success ? [] : schemaProblems(parsed.error.issues, input, gatewayConfigSchema);
  const problems: ConfigProblem[] = [
    ...repeated.map(({ path, position }) => ({ path: jsonPath(path), problem: repeatedKey(), position })),
    ...found.map(({ path, problem }) => ({ path: jsonPath(path), problem, position: json?.positionOf(path) })),
  ];
  throw new ConfigError(file, problems.sort(byPosition));
}

/** In the order of the file; without one, in the order of the schema. */
function byPosition({ position: a }: ConfigProblem, { position: b }: ConfigProblem): number {
  return a && b ? a.line - b.line || a.column - b.column : 0;
}

/** A file that names no subscription is for the one that the azurerm provider would take. */
function withSubscription(config: GatewayConfig, subscriptionId: string | undefined): GatewayConfig {
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

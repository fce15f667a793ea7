import { readFileSync } from "node:fs";
import { quote } from "../rules/problem.js";
import { guidProblem } from "../rules/resource-id.js";
import { ConfigError, type ConfigProblem } from "./config-error.js";
import { type GatewayConfig, gatewayConfigSchema } from "./gateway-config.js";
import { jsonFaults } from "./json-text.js";
import { relationProblems } from "./relations.js";
import { schemaProblems } from "./schema-problems.js";

/** Read when `AOAI_LB_CONFIG` names no other. */
export const DEFAULT_CONFIG_FILE = "gateway.config.json";

/**
 * Reads the configuration file that `AOAI_LB_CONFIG` names, or `gateway.config.json`.
 * @throws ConfigError with every problem of the file
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): GatewayConfig {
  const file = env["AOAI_LB_CONFIG"] || DEFAULT_CONFIG_FILE;
  const { value, problems } = readJson(file);
  return withSubscription(check(value, file, problems), env["ARM_SUBSCRIPTION_ID"]);
}

/**
 * Checks a configuration and fills in the defaults. The result is frozen.
 * @throws ConfigError with every problem
 */
export function parseConfig(input: unknown, file = DEFAULT_CONFIG_FILE): GatewayConfig {
  return check(input, file, []);
}

function check(input: unknown, file: string, found: readonly ConfigProblem[]): GatewayConfig {
  const parsed = gatewayConfigSchema.safeParse(input);
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  const problems = [
    ...found,
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, input, gatewayConfigSchema)),
    ...(isObject ? relationProblems(input as Record<string, unknown>) : []),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(file, problems);
  return deepFreeze(parsed.data);
}

/** A file that names no subscription is for the one that the azurerm provider would take. */
function withSubscription(config: GatewayConfig, subscriptionId: string | undefined): GatewayConfig {
  if (config.subscriptionId !== undefined || !subscriptionId) return config;
  const problem = guidProblem(subscriptionId);
  if (problem) throw new ConfigError("environment", [{ path: "ARM_SUBSCRIPTION_ID", problem }]);
  return deepFreeze({ ...config, subscriptionId });
}

function readJson(file: string): { readonly value: unknown; readonly problems: readonly ConfigProblem[] } {
  const text = read(file);
  const { wrongAt, repeated } = jsonFaults(text);
  if (wrongAt !== undefined)
    throw new ConfigError(file, [{ path: "", problem: `is not JSON: ${place(text, wrongAt)}` }]);
  const problem = "stands twice in one object, of which JSON keeps the last only; leave one out";
  return { value: JSON.parse(text), problems: repeated.map((path) => ({ path, problem })) };
}

function read(file: string): string {
  const fail = (problem: string) => new ConfigError(file, [{ path: "", problem }]);
  const other = "name another with the environment variable AOAI_LB_CONFIG";
  try {
    const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
    if (text.includes("\0")) throw fail("is not UTF-8 text; save it as UTF-8");
    return text;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw fail(`there is no such file; write one, or ${other}`);
    throw fail(code === "EISDIR" ? `is a directory, not a file; ${other}` : `cannot be read (${code}); ${other}`);
  }
}

/** Where a text stops being JSON. */
function place(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const position = `line ${before.split("\n").length}, column ${offset - before.lastIndexOf("\n")}`;
  const code = text.codePointAt(offset);
  if (code === undefined) return `${position}: the text ends too early; look for a missing bracket`;
  const sign = String.fromCodePoint(code);
  const fix =
    sign === "/" || sign === "#" ? "JSON has no comments" : "look for a missing or extra comma, quote or bracket";
  return `${position}: ${sign === '"' ? `'"'` : quote(sign)} is not expected here; ${fix}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}

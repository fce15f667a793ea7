import { readFileSync } from "node:fs";
import { quote } from "../rules/problem.js";
import { guidProblem } from "../rules/resource-id.js";
import { ConfigError } from "./config-error.js";
import { type GatewayConfig, gatewayConfigSchema } from "./gateway-config.js";
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
  return withSubscription(parseConfig(parseJson(read(file), file), file), env["ARM_SUBSCRIPTION_ID"]);
}

/**
 * Checks a configuration and fills in the defaults. The result is frozen.
 * @throws ConfigError with every problem
 */
export function parseConfig(input: unknown, file = DEFAULT_CONFIG_FILE): GatewayConfig {
  const parsed = gatewayConfigSchema.safeParse(input);
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  const problems = [
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

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `cannot be read (${code})`;
    const problem = `${reason}; write one, or name another with the environment variable AOAI_LB_CONFIG`;
    throw new ConfigError(file, [{ path: "", problem }]);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(file, [{ path: "", problem: `is not JSON: ${place(text, error as SyntaxError)}` }]);
  }
}

/** Where the text stops being JSON: with the line, which the engine counts in characters. */
function place(text: string, { message }: SyntaxError): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return `${message}; is the text cut short?`;
  const before = text.slice(0, Number(position));
  const line = before.split("\n").length;
  const got = text[Number(position)];
  return `line ${line}, column ${before.length - before.lastIndexOf("\n")}: ${quote(got)} is not expected here; look for a missing or extra comma, quote or bracket`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { collisions } from "./collisions.js";
import { ConfigError, ConfigFolderError } from "./config-error.js";
import { checkConfig, type ConfigFile, readConfigFile, withPosition } from "./config-file.js";
import { type GatewayConfig, gatewayConfigSchema } from "./gateway-config.js";
import { type PlacedProblem } from "./schema-problems.js";
import { type TrafficManagerConfig, trafficManagerSchema } from "./traffic-manager-config.js";
import { trafficManagerProblems } from "./traffic-manager-gateways.js";

/** Read when `AOAI_LB_CONFIG` names no other. */
export const DEFAULT_CONFIG_FILE = "gateway.config.json";
/** In a folder of gateways, the one file that is no gateway. */
export const TRAFFIC_MANAGER_FILE = "traffic-manager.json";

type Environment = Readonly<Record<string, string | undefined>>;

/** What is to be deployed: one stack for each gateway, and one for the Traffic Manager in front of them. */
export interface Configuration {
  /** What was named: a file, or a folder. */
  readonly path: string;
  readonly gateways: readonly ConfigFile<GatewayConfig>[];
  readonly trafficManager: ConfigFile<TrafficManagerConfig> | undefined;
}

/**
 * Reads what `AOAI_LB_CONFIG` names, or `gateway.config.json`: one file, or a folder with one for each gateway.
 * @throws ConfigError with every problem of every file
 */
export function loadConfiguration(env: Environment = process.env): Configuration {
  const path = env["AOAI_LB_CONFIG"] || DEFAULT_CONFIG_FILE;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { path, gateways: [readConfigFile(path, gatewayConfigSchema, env)], trafficManager: undefined };
  return loadFolder(path, env);
}

/**
 * Reads the configuration file that `AOAI_LB_CONFIG` names, or `gateway.config.json`.
 * @throws ConfigError with every problem of the file, in the order of the file
 */
export function loadConfig(env: Environment = process.env): GatewayConfig {
  return readConfigFile(env["AOAI_LB_CONFIG"] || DEFAULT_CONFIG_FILE, gatewayConfigSchema, env).config;
}

/**
 * Checks a configuration and fills in the defaults. The result is frozen.
 * @throws ConfigError with every problem
 */
export function parseConfig(input: unknown, file = DEFAULT_CONFIG_FILE): GatewayConfig {
  return checkConfig(input, file, gatewayConfigSchema);
}

function loadFolder(path: string, env: Environment): Configuration {
  const names = readdirSync(path)
    .filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"))
    .sort();
  const files = names.filter((name) => name !== TRAFFIC_MANAGER_FILE);
  if (files.length === 0) {
    const problem = "is a folder without a gateway; put a configuration into it, as a file whose name ends with .json";
    throw new ConfigError(path, [{ path: "", problem }]);
  }
  const errors: ConfigError[] = [];
  const gateways = files.flatMap((name) =>
    orError(errors, () => readConfigFile(join(path, name), gatewayConfigSchema, env)),
  );
  const [trafficManager] = names.includes(TRAFFIC_MANAGER_FILE)
    ? orError(errors, () => readConfigFile(join(path, TRAFFIC_MANAGER_FILE), trafficManagerSchema, env))
    : [];
  for (const { file, problems } of collisions(gateways)) refuse(errors, file, problems);
  // A gateway that could not be read would be reported as missing as well.
  if (trafficManager && errors.length === 0)
    refuse(errors, trafficManager, trafficManagerProblems(trafficManager, gateways));
  if (errors.length > 0) throw new ConfigFolderError(path, errors);
  return { path, gateways, trafficManager };
}

function orError<T>(errors: ConfigError[], read: () => T): T[] {
  try {
    return [read()];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    errors.push(error);
    return [];
  }
}

function refuse(errors: ConfigError[], file: ConfigFile<unknown>, problems: readonly PlacedProblem[]): void {
  if (problems.length === 0) return;
  errors.push(
    new ConfigError(
      file.file,
      problems.map((problem) => withPosition(problem, file)),
    ),
  );
}

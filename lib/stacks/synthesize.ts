import "../peer-packages.js";
import { App } from "cdktf";
import { join } from "node:path";
import util from "node:util";
import { ConfigError, ConfigFolderError } from "../config/config-error.js";
import { type ConfigFile } from "../config/config-file.js";
import { type GatewayConfig } from "../config/gateway-config.js";
import { type Configuration, loadConfiguration } from "../config/load-config.js";
import { type TrafficManagerConfig } from "../config/traffic-manager-config.js";
import { probeWarnings, trafficEndpoints, trafficTarget } from "../config/traffic-manager-gateways.js";
import { warn } from "../constructs/warning.js";
import { OpenAiGatewayStack } from "./openai-gateway-stack.js";
import { nextStep, summarize, summarizeTrafficManager } from "./summary.js";
import { TrafficManagerStack } from "./traffic-manager-stack.js";

// CDKTF calls the deprecated `util.isArray`, of which Node 22 and later warn at every synth.
Object.assign(util, { isArray: Array.isArray });

export interface Synthesis {
  /** The `cdk.tf.json` of each gateway, by the gateway's name. */
  readonly files: ReadonlyMap<string, string>;
  /** What will be created, for people. */
  readonly summary: string;
  /** How to deploy it with Terraform. */
  readonly next: string;
}

/**
 * Configuration → stacks → Terraform JSON: one stack for each gateway, and one for a Traffic Manager in front of them.
 * @throws ConfigError, ValidationError
 */
export function synthesizeConfig(env: Readonly<Record<string, string | undefined>> = process.env): Synthesis {
  const configuration = loadConfiguration(env);
  const { path, gateways, trafficManager } = configuration;
  const app = new App({ stackTraces: false });
  const stacks = gateways.map(({ config }) => new OpenAiGatewayStack(app, config.name, config));
  const traffic = trafficManager && trafficManagerStack(app, trafficManager.config, gateways);
  const all = [...stacks, ...(traffic ? [traffic] : [])];
  for (const stack of all) if (stack.config.state === undefined && isCi(env)) warn(stack, LOCAL_STATE_IN_CI);
  refuseProblems(configuration, stacks);
  withoutDeprecations(() => app.synth());
  const names = gateways.map(({ config }) => config.name);
  return {
    files: new Map(names.map((name) => [name, join(app.outdir, "stacks", name, "cdk.tf.json")])),
    summary: [...stacks.map(summarize), ...(traffic ? [summarizeTrafficManager(traffic)] : [])].join("\n"),
    next: nextStep(all, path),
  };
}

/**
 * Refuses what only a whole stack shows, such as more listeners than a gateway takes.
 * @throws ConfigError
 */
function refuseProblems({ path, gateways }: Configuration, stacks: readonly OpenAiGatewayStack[]): void {
  const errors = stacks.flatMap((stack, at) => {
    const problems = stack.node.findAll().flatMap(({ node }) => node.validate());
    if (problems.length === 0) return [];
    return [
      new ConfigError(
        gateways[at]?.file ?? path,
        problems.map((problem) => ({ path: "", problem })),
      ),
    ];
  });
  const [only, ...others] = errors;
  if (only) throw others.length === 0 ? only : new ConfigFolderError(path, errors);
}

function trafficManagerStack(
  app: App,
  config: TrafficManagerConfig,
  gateways: readonly ConfigFile<GatewayConfig>[],
): TrafficManagerStack | undefined {
  const target = trafficTarget(config, gateways);
  const endpoints = trafficEndpoints(config, gateways);
  const stack = target && new TrafficManagerStack(app, config.name, config, { endpoints, target });
  if (stack) for (const warning of probeWarnings(config, gateways)) warn(stack, warning);
  return stack;
}

/** GitHub, GitLab and most others set CI, Azure Pipelines TF_BUILD. */
function isCi(env: Readonly<Record<string, string | undefined>>): boolean {
  return [env["CI"], env["TF_BUILD"]].some((value) => value !== undefined && !/^(|0|false)$/i.test(value));
}

const LOCAL_STATE_IN_CI =
  "state: it is a local file, and a CI runner is discarded with its files: the next deployment would not know what this one created, and would fail or create it again; set state.azurerm (docs/ci.md)";

/** CDKTF is archived, and calls what newer versions of Node deprecate: nothing that a user could change. */
function withoutDeprecations(run: () => void): void {
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  try {
    run();
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

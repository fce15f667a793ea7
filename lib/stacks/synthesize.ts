import "../peer-packages.js";
import { App } from "cdktf";
import { join } from "node:path";
import util from "node:util";
import { ConfigError } from "../config/config-error.js";
import { DEFAULT_CONFIG_FILE, loadConfig } from "../config/load-config.js";
import { warn } from "../constructs/warning.js";
import { OpenAiGatewayStack } from "./openai-gateway-stack.js";
import { nextStep, summarize } from "./summary.js";

// CDKTF calls the deprecated `util.isArray`, of which Node 22 and later warn at every synth.
Object.assign(util, { isArray: Array.isArray });

export interface Synthesis {
  /** The stack's `cdk.tf.json`. */
  readonly file: string;
  /** What will be created, for people. */
  readonly summary: string;
  /** How to deploy it with Terraform. */
  readonly next: string;
}

/**
 * Configuration → stack → Terraform JSON.
 * @throws ConfigError, ValidationError
 */
export function synthesizeConfig(env: Readonly<Record<string, string | undefined>> = process.env): Synthesis {
  const config = loadConfig(env);
  const app = new App({ stackTraces: false });
  const stack = new OpenAiGatewayStack(app, config.name, config);
  if (config.state === undefined && isCi(env)) warn(stack, LOCAL_STATE_IN_CI);
  // What only the whole stack shows, such as more listeners than a gateway takes.
  const problems = stack.node.findAll().flatMap(({ node }) => node.validate());
  if (problems.length > 0) {
    const file = env["AOAI_LB_CONFIG"] || DEFAULT_CONFIG_FILE;
    throw new ConfigError(
      file,
      problems.map((problem) => ({ path: "", problem })),
    );
  }
  withoutDeprecations(() => app.synth());
  const file = join(app.outdir, "stacks", config.name, "cdk.tf.json");
  return { file, summary: summarize(stack), next: nextStep(stack, env["AOAI_LB_CONFIG"] || undefined) };
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

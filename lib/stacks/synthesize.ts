import { App } from "cdktf";
import { join } from "node:path";
import { loadConfig } from "../config/load-config.js";
import { OpenAiGatewayStack } from "./openai-gateway-stack.js";
import { summarize } from "./summary.js";

export interface Synthesis {
  /** The stack's `cdk.tf.json`. */
  readonly file: string;
  /** What will be created, for people. */
  readonly summary: string;
}

/**
 * Configuration → stack → Terraform JSON.
 * @throws ConfigError, ValidationError
 */
export function synthesizeConfig(env: Readonly<Record<string, string | undefined>> = process.env): Synthesis {
  // CDKTF records where each token was made. Mapped back to TypeScript, these traces would cost more than the rest.
  process.setSourceMapsEnabled(false);
  const config = loadConfig(env);
  const app = new App({ stackTraces: false });
  const stack = new OpenAiGatewayStack(app, config.name, config);
  withoutDeprecations(() => app.synth());
  const file = join(app.outdir, "stacks", config.name, "cdk.tf.json");
  return { file, summary: summarize(stack, env["AOAI_LB_CONFIG"] || undefined) };
}

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

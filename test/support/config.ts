import { App } from "cdktf";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../lib/config/load-config.js";
import { OpenAiGatewayStack } from "../../lib/stacks/openai-gateway-stack.js";
import { Synthesized } from "./synth.js";

/** The repository's root. */
export const ROOT = join(__dirname, "../..");

/** A configuration file of the repository, as it is written. */
export function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")) as Record<string, unknown>;
}

/** The stack of a configuration. */
export function makeGatewayStack(input: unknown): OpenAiGatewayStack {
  const config = parseConfig(input);
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), "synth-")), stackTraces: false });
  return new OpenAiGatewayStack(app, config.name, config);
}

/** A configuration, synthesized with validations on. */
export function synthConfig(input: unknown): Synthesized {
  return Synthesized.of(makeGatewayStack(input));
}

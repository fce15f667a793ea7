import { readFileSync } from "node:fs";
import { readJsonText } from "../config/json-text.js";
import { type Synthesis } from "../stacks/synthesize.js";
import { UsageError } from "../verify/index.js";
import { type Io } from "./io.js";

/** What is told of a synthesis. */
const report = ({ summary, next }: Synthesis) => `${summary}\n${next}\n`;

/**
 * The synthesized file that a command reads: the one that it is given; of a configuration, what it synthesizes to.
 * @throws UsageError where CDKTF is needed and not installed
 */
export async function synthesizedFile(command: string, path: string, io: Io, tell = report): Promise<string> {
  if (!isConfiguration(path)) return path;
  return synthesize(command, { ...io, env: { ...io.env, AOAI_LB_CONFIG: path } }, tell);
}

/**
 * What `cdktf synth` does, in this process. CDKTF is loaded only here: the other commands do without it.
 * @returns the file
 * @throws UsageError where CDKTF is not installed
 */
export async function synthesize(command: string, io: Io, tell = report): Promise<string> {
  const { synthesizeConfig } = await import("../stacks/synthesize.js").catch((error: unknown) => {
    // Not by its class, which would load CDKTF.
    if (!(error instanceof Error && error.name === "MissingPackageError")) throw error;
    throw new UsageError(`${error.message}; or name a synthesized file: aoai-lb ${command} cdktf.out`);
  });
  const synthesis = synthesizeConfig(io.env);
  io.stdout.write(tell(synthesis));
  return synthesis.file;
}

/** By what every configuration has and neither Terraform JSON nor a plan does. What cannot be read is reported later. */
function isConfiguration(path: string): boolean {
  try {
    const json = readJsonText(readFileSync(path, "utf8"));
    return json.kind === "JSON" && typeof json.value === "object" && json.value !== null && "backends" in json.value;
  } catch {
    return false;
  }
}

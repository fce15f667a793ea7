import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readJsonText } from "../config/json-text.js";
import { type Synthesis } from "../stacks/synthesize.js";
import { UsageError } from "../verify/index.js";
import { type Io } from "./io.js";

/** What is printed of a synthesis. */
const report = ({ summary, next }: Synthesis) => `${summary}\n${next}\n`;

/** Which file is wanted, and what is printed of a synthesis. */
export interface SynthesizedFileOptions {
  /** Of several stacks, the one to read. */
  readonly stack?: string | undefined;
  readonly tell?: (synthesis: Synthesis) => string;
}

/**
 * The synthesized file that a command reads: the one that it is given; of a configuration, or a folder of them, what it
 * synthesizes to.
 * @throws UsageError where CDKTF is needed and not installed, or where there are several gateways and none is chosen
 */
export async function synthesizedFile(
  command: string,
  path: string,
  io: Io,
  options: SynthesizedFileOptions = {},
): Promise<string> {
  if (isConfiguration(path)) return synthesize(command, { ...io, env: { ...io.env, AOAI_LB_CONFIG: path } }, options);
  const stacks = stacksIn(path);
  if (options.stack !== undefined) return stackOf(path, stacks, options.stack);
  if (stacks.length > 1)
    throw new UsageError(`${path} has several stacks: ${stacks.join(", ")}; say which one with --stack NAME`);
  return path;
}

/**
 * What `cdktf synth` does, in this process. CDKTF is loaded only here: the other commands do without it.
 * @returns the file
 * @throws UsageError where CDKTF is not installed, or where there are several gateways and none is chosen
 */
export async function synthesize(
  command: string,
  io: Io,
  { stack, tell = report }: SynthesizedFileOptions = {},
): Promise<string> {
  const { synthesizeConfig } = await import("../stacks/synthesize.js").catch((error: unknown) => {
    // Not by its class, which would load CDKTF.
    if (!(error instanceof Error && error.name === "MissingPackageError")) throw error;
    throw new UsageError(`${error.message}; or name a synthesized file: aoai-lb ${command} cdktf.out`);
  });
  const synthesis = synthesizeConfig(io.env);
  const file = chosen(synthesis.files, stack);
  io.stdout.write(tell(synthesis));
  return file;
}

function chosen(files: Synthesis["files"], stack: string | undefined): string {
  const names = [...files.keys()];
  const [name, ...others] = stack === undefined ? names : names.filter((each) => each === stack);
  if (name !== undefined && others.length === 0) return files.get(name) ?? "";
  throw new UsageError(
    stack === undefined
      ? `there are several gateways: ${names.join(", ")}; say which one with --stack NAME`
      : `--stack: no gateway has the name "${stack}"; there are: ${names.join(", ")}`,
  );
}

/** The stacks in CDKTF's output folder. */
function stacksIn(path: string): string[] {
  const folder = join(path, "stacks");
  // Of a file that is named instead, `stat` would fail, whatever its options.
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function stackOf(path: string, stacks: readonly string[], stack: string): string {
  if (stacks.includes(stack)) return join(path, "stacks", stack);
  throw new UsageError(
    stacks.length === 0
      ? `--stack: ${path} has no stacks; give the output folder of cdktf, or leave --stack out`
      : `--stack: ${path} has no stack "${stack}"; there are: ${stacks.join(", ")}`,
  );
}

/**
 * By what every configuration has and neither Terraform JSON nor a plan does; a folder of configurations by one in it. What
 * cannot be read is reported later.
 */
function isConfiguration(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) {
      const names = readdirSync(path).filter((name) => name.endsWith(".json") && !name.endsWith(".tf.json"));
      return names.some((name) => isConfiguration(join(path, name)));
    }
    const json = readJsonText(readFileSync(path, "utf8"));
    return json.kind === "JSON" && typeof json.value === "object" && json.value !== null && "backends" in json.value;
  } catch {
    return false;
  }
}

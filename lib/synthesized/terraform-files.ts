import { readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { SynthesizedError } from "./synthesized-error.js";
import { objects } from "./terraform-json.js";

const EXTENSION = ".tf.json";

/**
 * The JSON of a file (`cdk.tf.json`, other Terraform JSON, or a plan as JSON) or of a folder: one that holds `*.tf.json`
 * files, which count as one configuration as they do for Terraform, or `cdktf.out` with a single stack.
 *
 * @throws SynthesizedError if nothing readable is there.
 */
export function readTerraformFiles(fileOrFolder: string): unknown {
  const [first, ...rest] = filesAt(fileOrFolder).map(parseFile);
  return rest.length === 0 ? first : merged([first, ...rest]);
}

function filesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new SynthesizedError(
      path,
      "no such file or folder; run `cdktf synth` first, or give the path of its cdk.tf.json",
    );
  }
  if (!found.isDirectory()) return [path];
  const here = terraformFilesIn(path);
  if (here.length > 0) return here;
  const stacks = foldersIn(join(path, "stacks"))
    .map(terraformFilesIn)
    .filter((files) => files.length > 0);
  const [stack, ...others] = stacks;
  if (stack === undefined) {
    throw new SynthesizedError(path, `no ${EXTENSION} file in it or under its stacks/; run \`cdktf synth\` first`);
  }
  if (others.length > 0) {
    throw new SynthesizedError(path, `several stacks (${stacks.flat().join(", ")}); give the file of one`);
  }
  return stack;
}

function terraformFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => basename(name).endsWith(EXTENSION))
    .sort()
    .map((name) => join(folder, name));
}

function foldersIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SynthesizedError(file, `not JSON: ${(error as Error).message}`);
  }
}

/** Terraform reads all files of a folder as one. */
function merged(files: readonly unknown[]): unknown {
  const sections = ["resource", "data", "variable", "locals", "output", "provider"];
  return Object.fromEntries(
    sections.map((section) => [section, objects(files).flatMap((file) => file[section] ?? [])]),
  );
}

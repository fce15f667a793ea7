import { UsageError } from "../verify/index.js";
import { type Io } from "./io.js";

/**
 * What `cdktf synth` does, in this process. CDKTF is loaded only here: the other commands do without it.
 * @returns the file
 * @throws UsageError where CDKTF is not installed
 */
export async function synthesize(command: string, io: Io): Promise<string> {
  const { synthesizeConfig } = await import("../stacks/synthesize.js").catch((error: unknown) => {
    if (!/Cannot find (package|module)/.test(String(error))) throw error;
    throw new UsageError(
      `to synthesize needs cdktf, constructs and @cdktf/provider-azurerm, and not all of them are installed: install them, or name a synthesized file, \`aoai-lb ${command} cdktf.out\``,
    );
  });
  const { file, summary } = synthesizeConfig(io.env);
  io.stdout.write(`${summary}\n`);
  return file;
}

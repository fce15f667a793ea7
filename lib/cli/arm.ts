import { writeFileSync } from "node:fs";
import { renderArmTemplate } from "../arm/index.js";
import { readTerraform, readTerraformFiles } from "../synthesized/index.js";
import { UsageError } from "../verify/index.js";
import { parseArguments } from "./arguments.js";
import { type Command, OK } from "./io.js";
import { DEFAULT_PATH } from "./simulate.js";
import { synthesizedFile } from "./synthesize.js";

export const ARM_HELP = `aoai-lb arm [<file or folder>] [options]

Renders a synthesized stack as an ARM template, for a deployment without Terraform.
The file is a configuration, such as gateway.config.json, or a folder of them, which is synthesized first, or a cdk.tf.json or other
Terraform JSON (default: ${DEFAULT_PATH}).

  --output <file>  write the template to this file (default: standard output)
  --stack <name>   which gateway, if there are several: of a folder of configurations, or in cdktf's output folder
  --help           print this

A stack that creates its resource group becomes a template for a subscription, any other one for a resource group.
Variables become parameters. Not rendered: a self-signed certificate, and resources that this package does not create.
`;

/** `aoai-lb arm` */
export const arm: Command = async (args, io) => {
  const { values, positionals } = parseArguments("arm", args, {
    output: { type: "string" },
    stack: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help === true) {
    io.stdout.write(ARM_HELP);
    return OK;
  }
  const [path = io.env["CDKTF_OUTDIR"] || DEFAULT_PATH, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`give one file or folder; got also "${more.join('" "')}"`);
  // Standard output is the template's.
  const file = await synthesizedFile(
    "arm",
    path,
    { ...io, stdout: io.stderr },
    { stack: values.stack, tell: ({ summary }) => `${summary}\n` },
  );
  const { json, level, resourceGroup } = renderArmTemplate(readTerraform(readTerraformFiles(file), file));
  const text = `${JSON.stringify(json, null, 2)}\n`;
  if (values.output === undefined) io.stdout.write(text);
  else write(values.output, text);
  const target =
    level === "group"
      ? `group create --resource-group ${resourceGroup ?? "<resource group>"}`
      : "sub create --location <region>";
  io.stderr.write(`To deploy it: az deployment ${target} --template-file ${values.output ?? "<file>"}\n`);
  return OK;
};

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`--output: ${(error as Error).message}; give a writable file`);
  }
}

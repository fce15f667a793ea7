import { type GatewayModel } from "./gateway-model.js";
import { type ParseOptions, parseGatewayModel } from "./parse-gateway-model.js";
import { readTerraformFiles } from "./terraform-files.js";

/**
 * Reads a gateway from a file (`cdk.tf.json`, other Terraform JSON, or a plan as JSON) or from a folder: one that holds
 * `*.tf.json` files, which count as one configuration as they do for Terraform, or `cdktf.out` with a single stack.
 *
 * @throws SynthesizedError if nothing readable is there, or for the reasons of {@link parseGatewayModel}.
 */
export function readGatewayModel(fileOrFolder: string, options: Omit<ParseOptions, "source"> = {}): GatewayModel {
  return parseGatewayModel(readTerraformFiles(fileOrFolder), { ...options, source: fileOrFolder });
}

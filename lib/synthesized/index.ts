export { type Address, addressesOf, mainRule } from "./addresses.js";
export * from "./gateway-model.js";
export { type ParseOptions, parseGatewayModel } from "./parse-gateway-model.js";
export { readGatewayModel } from "./read-gateway-model.js";
export { SynthesizedError } from "./synthesized-error.js";
export { bareReference, isUnresolved } from "./references.js";
export { type TerraformDocument, readTerraform } from "./terraform-document.js";
export { readTerraformFiles } from "./terraform-files.js";
export { type JsonObject, type TerraformResource, isObject, objects } from "./terraform-json.js";

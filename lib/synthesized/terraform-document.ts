import { SynthesizedError } from "./synthesized-error.js";
import { type JsonObject, type TerraformResource, isObject, kindOf, objects } from "./terraform-json.js";
import { isPlan, readPlan } from "./terraform-plan.js";

/** What the file declares, whether it is a configuration or a plan. */
export interface TerraformDocument {
  readonly resources: readonly TerraformResource[];
  /** `var.name` and `local.name` with their values. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Input variables as they are declared. Like outputs and providers, a plan has none. */
  readonly variables: readonly { readonly name: string; readonly body: JsonObject }[];
  readonly outputs: Readonly<Record<string, JsonObject>>;
  readonly providers: JsonObject;
  readonly isPlan: boolean;
}

/** @throws SynthesizedError if it is neither Terraform's JSON configuration nor the JSON of a plan. */
export function readTerraform(json: unknown, source: string): TerraformDocument {
  if (!isObject(json)) {
    throw new SynthesizedError(source, `expected a JSON object with Terraform configuration, got ${kindOf(json)}`);
  }
  if (isPlan(json)) {
    return { resources: readPlan(json), values: new Map(), variables: [], outputs: {}, providers: {}, isPlan: true };
  }
  if (!("resource" in json)) {
    throw new SynthesizedError(
      source,
      "no `resource` block; give cdk.tf.json, Terraform JSON with resources, or the output of `terraform show -json <plan>`",
    );
  }
  const resources = [...declared(json["resource"], ""), ...declared(json["data"], "data.")];
  const values = new Map<string, unknown>();
  const variables = named(json["variable"]);
  for (const { name, body } of variables) values.set(`var.${name}`, body["default"]);
  for (const [name, value] of objects(json["locals"]).flatMap(Object.entries)) values.set(`local.${name}`, value);
  const outputs = Object.fromEntries(named(json["output"]).map(({ name, body }) => [name, body]));
  const providers = Object.assign({}, ...objects(json["provider"])) as JsonObject;
  return { resources, values, variables, outputs, providers, isPlan: false };
}

/** Blocks that have one label. */
function named(blocks: unknown): { name: string; body: JsonObject }[] {
  return objects(blocks)
    .flatMap((byName) => Object.entries(byName))
    .flatMap(([name, bodies]) => objects(bodies).map((body) => ({ name, body })));
}

function declared(blocks: unknown, prefix: string): TerraformResource[] {
  return objects(blocks).flatMap((byType) =>
    Object.entries(byType).flatMap(([type, named]) =>
      objects(named).flatMap((byName) =>
        Object.entries(byName).flatMap(([name, bodies]) =>
          objects(bodies).map((body) => ({ address: `${prefix}${type}.${name}`, type, body })),
        ),
      ),
    ),
  );
}

import { SynthesizedError } from "./synthesized-error.js";
import { type TerraformResource, isObject, kindOf, objects } from "./terraform-json.js";
import { isPlan, readPlan } from "./terraform-plan.js";

/** What the file declares, whether it is a configuration or a plan. */
export interface TerraformDocument {
  readonly resources: readonly TerraformResource[];
  /** `var.name` and `local.name` with their values. */
  readonly values: ReadonlyMap<string, unknown>;
}

/** @throws SynthesizedError if it is neither Terraform's JSON configuration nor the JSON of a plan. */
export function readTerraform(json: unknown, source: string): TerraformDocument {
  if (!isObject(json)) {
    throw new SynthesizedError(source, `expected a JSON object with Terraform configuration, got ${kindOf(json)}`);
  }
  if (isPlan(json)) return { resources: readPlan(json), values: new Map() };
  if (!("resource" in json)) {
    throw new SynthesizedError(
      source,
      "no `resource` block; give cdk.tf.json, Terraform JSON with resources, or the output of `terraform show -json <plan>`",
    );
  }
  const resources = [...declared(json["resource"], ""), ...declared(json["data"], "data.")];
  const values = new Map<string, unknown>();
  for (const [name, variable] of objects(json["variable"]).flatMap(Object.entries)) {
    for (const declaration of objects(variable)) values.set(`var.${name}`, declaration["default"]);
  }
  for (const [name, value] of objects(json["locals"]).flatMap(Object.entries)) values.set(`local.${name}`, value);
  return { resources, values };
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

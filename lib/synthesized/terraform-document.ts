import { bareReference } from "./references.js";
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
  const values = new Map<string, unknown>();
  for (const [name, variable] of objects(json["variable"]).flatMap(Object.entries)) {
    for (const declaration of objects(variable)) values.set(`var.${name}`, declaration["default"]);
  }
  for (const [name, value] of objects(json["locals"]).flatMap(Object.entries)) values.set(`local.${name}`, value);
  const resources = [...declared(json["resource"], ""), ...declared(json["data"], "data.")];
  return { resources: resources.flatMap((resource) => instancesOf(resource, values)), values };
}

/** One for each `count.index`, where the file tells how many there are. */
function instancesOf(resource: TerraformResource, values: ReadonlyMap<string, unknown>): TerraformResource[] {
  const written = resource.body["count"];
  const count = Number(typeof written === "string" ? (values.get(bareReference(written) ?? "") ?? written) : written);
  if (written === undefined || !Number.isInteger(count)) return [resource];
  return Array.from({ length: count }, (_, index) => ({
    ...resource,
    address: `${resource.address}[${index}]`,
    body: withIndex(resource.body, index) as TerraformResource["body"],
  }));
}

/** With the number in place of `count.index`, where it is alone or an index: sums are for Terraform. */
function withIndex(value: unknown, index: number): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{\s*count\.index\s*\}/g, `${index}`).replaceAll("[count.index]", `[${index}]`);
  }
  if (Array.isArray(value)) return value.map((item) => withIndex(item, index));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIndex(item, index)]));
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

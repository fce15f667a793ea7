import { bareReference } from "./references.js";
import { SynthesizedError } from "./synthesized-error.js";
import { type JsonObject, type TerraformResource, isObject, kindOf, objects } from "./terraform-json.js";
import { isPlan, readPlan } from "./terraform-plan.js";

/** What the file declares, whether it is a configuration or a plan. */
export interface TerraformDocument {
  /** Whether it is a plan, which may show what an expression refers to in place of the expression. */
  readonly isPlan: boolean;
  readonly resources: readonly TerraformResource[];
  /** `var.name` and `local.name` with their values. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Input variables as they are declared. Like outputs and providers, a plan has none. */
  readonly variables: readonly { readonly name: string; readonly body: JsonObject }[];
  readonly outputs: Readonly<Record<string, JsonObject>>;
  readonly providers: JsonObject;
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
  const values = new Map<string, unknown>();
  const variables = named(json["variable"]);
  for (const { name, body } of variables) values.set(`var.${name}`, body["default"]);
  for (const [name, value] of objects(json["locals"]).flatMap(Object.entries)) values.set(`local.${name}`, value);
  const resources = [...declared(json["resource"], ""), ...declared(json["data"], "data.")];
  const outputs = Object.fromEntries(named(json["output"]).map(({ name, body }) => [name, body]));
  const providers = Object.assign({}, ...objects(json["provider"])) as JsonObject;
  const expanded = resources.flatMap((resource) => instancesOf(resource, values));
  return { resources: expanded, values, variables, outputs, providers, isPlan: false };
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

import { type JsonObject, type TerraformResource, isObject, objects } from "./terraform-json.js";

/** Is it the output of `terraform show -json <plan>`? https://developer.hashicorp.com/terraform/internals/json-format */
export function isPlan(json: JsonObject): boolean {
  return "format_version" in json && "planned_values" in json;
}

/**
 * The planned resources and the data sources that were read. What becomes known only after apply is absent from a plan's
 * values: it is put back as the configuration has it.
 */
export function readPlan(plan: JsonObject): TerraformResource[] {
  const configuration = child(child(plan, "configuration"), "root_module");
  const planned = child(child(plan, "planned_values"), "root_module");
  const prior = child(child(child(plan, "prior_state"), "values"), "root_module");
  return [
    ...resourcesOf(planned, configuration, ""),
    ...resourcesOf(prior, {}, "").filter(({ address }) => /(^|\.)data\./.test(address)),
  ];
}

function resourcesOf(module: JsonObject, configuration: JsonObject, prefix: string): TerraformResource[] {
  const expressions = new Map(
    objects(configuration["resources"]).map((resource) => [resource["address"], child(resource, "expressions")]),
  );
  const own = objects(module["resources"]).map(({ address, type, values }) => {
    const local = String(address)
      .slice(prefix.length)
      .replace(/\[[^\]]*\]$/, "");
    const known = isObject(values) ? values : {};
    const [, key] = /\[([^\]]*)\]$/.exec(String(address)) ?? [];
    return {
      address: String(address),
      type: String(type),
      body: withReferences(known, expressions.get(local) ?? {}, { prefix, key }),
    };
  });
  const calls = child(configuration, "module_calls");
  const inner = objects(module["child_modules"]).flatMap((each) => {
    const address = String(each["address"]);
    const name = address
      .slice(prefix.length)
      .replace(/^module\./, "")
      .replace(/\[.*$/, "");
    return resourcesOf(each, child(child(calls, name), "module"), `${address}.`);
  });
  return [...own, ...inner];
}

/** Where an expression is written. */
interface Scope {
  /** The address of its module, with a dot. */
  readonly prefix: string;
  /** The index or key of its resource's instance, as the address has it. */
  readonly key: string | undefined;
}

/** `known` with every unknown argument, which a plan leaves out, as the configuration has it. */
function withReferences(known: JsonObject, expressions: JsonObject, scope: Scope): JsonObject {
  const filled: Record<string, unknown> = { ...known };
  for (const [argument, expression] of Object.entries(expressions)) {
    const value = known[argument];
    if (isObject(expression) && Array.isArray(expression["references"])) {
      const written = writtenIn(expression, scope);
      if (value === undefined) filled[argument] = written;
      // In a list, what is unknown is a null among what is known.
      else if (Array.isArray(value) && value.includes(null)) {
        filled[argument] = [...new Set([...value.filter((item) => item !== null), ...[written].flat()])];
      }
    } else if (Array.isArray(value) && value.every(isObject)) {
      const blocks = objects(expression);
      filled[argument] = value.map((block, index) => {
        // A set of blocks is planned in another order than it is written in, so the name decides where there is one.
        const named = blocks.find((candidate) => child(candidate, "name")["constant_value"] === block["name"]);
        return withReferences(block, named ?? blocks[index] ?? {}, scope);
      });
    }
  }
  return filled;
}

/** What an expression says: its own text, which a plan has of JSON configurations only, or else what it refers to. */
function writtenIn(expression: JsonObject, scope: Scope): unknown {
  // The text names things as its own module does.
  if (scope.prefix === "" && expression["constant_value"] !== undefined) return expression["constant_value"];
  const references = leaves(expression["references"], scope);
  return references.length === 1 ? references[0] : references;
}

/** A plan lists `a.b.attribute` and `a.b` for one use of it: only the longest says something. */
function leaves(references: unknown, { prefix, key }: Scope): string[] {
  const all = Array.isArray(references) ? references.map(String) : [];
  const own = ["count.index", "each.key", "each.value"];
  // A resource beside one's own index or key is mostly the instance with the same; of a list, the plan tells no more.
  const indexed = key !== undefined && all.some((one) => own.includes(one));
  return all
    .filter((one) => !all.some((other) => other.startsWith(`${one}.`) || other.startsWith(`${one}[`)))
    .filter((one) => !indexed || !own.includes(one))
    .map((one) => `\${${prefix}${one}${indexed && /^\w+\.[\w-]+$/.test(one) ? `[${key}]` : ""}}`);
}

function child(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isObject(value) ? value : {};
}

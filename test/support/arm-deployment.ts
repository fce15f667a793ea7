import { evaluate, type Scope } from "./arm-expression.js";

/** What Azure would be sent. */
export interface Request {
  readonly path: string;
  readonly apiVersion: string;
  readonly body: unknown;
}

interface Template {
  readonly parameters?: Readonly<Record<string, { readonly defaultValue?: unknown }>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly resources: readonly Resource[];
  readonly outputs?: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;
}

type Resource = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly dependsOn?: readonly string[];
};

interface Place {
  readonly subscription: string;
  readonly resourceGroup?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What a deployment did. */
export interface Deployed {
  readonly requests: readonly Request[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Deploys a template into nothing, as Azure Resource Manager does: a resource after those it depends on, a condition that is
 * false leaves a resource out, and `reference()` finds only what is there already.
 */
export function deployArm(template: unknown, place: Place): Deployed {
  const requests: Request[] = [];
  const outputs = deploy(template as Template, place, requests, new Map());
  return { requests, outputs };
}

type There = Map<string, unknown>;

function deploy(template: Template, place: Place, requests: Request[], there: There): Record<string, unknown> {
  const scope = scopeOf(template, place, there);
  const read = (value: unknown) => resolve(value, scope);
  const resources = template.resources.map((resource) => {
    const { type, name, condition = true } = resource;
    const names = String(read(name));
    const isWanted = read(condition) === true;
    return { resource, id: idOf(type, names, resource, place, read), names, isWanted };
  });
  const known = new Set(resources.map(({ id }) => id));
  if (known.size !== resources.length) throw new Error("a resource is defined multiple times in a template");
  const done = new Set<string>();
  let waiting = resources;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ resource }) =>
      (resource.dependsOn ?? [])
        .map((id) => String(read(id)))
        .every((id) => {
          if (!known.has(id)) throw new Error(`${resource.name} depends on ${id}, which is not in its template`);
          return done.has(id);
        }),
    );
    if (ready.length === 0) throw new Error(`circular: ${waiting.map(({ id }) => id).join(", ")}`);
    for (const each of ready) {
      if (each.isWanted) put(each.resource, each.id, each.names, place, read, requests, there);
      done.add(each.id);
    }
    waiting = waiting.filter(({ id }) => !done.has(id));
  }
  return Object.fromEntries(Object.entries(template.outputs ?? {}).map(([name, { value }]) => [name, read(value)]));
}

const NOT_IN_BODY = new Set(["type", "apiVersion", "name", "scope", "dependsOn", "condition"]);

function put(
  resource: Resource,
  id: string,
  names: string,
  place: Place,
  read: (value: unknown) => unknown,
  requests: Request[],
  there: There,
): void {
  const { type, apiVersion } = resource;
  if (type !== "Microsoft.Resources/deployments") {
    const body = Object.entries(resource).filter(([key]) => !NOT_IN_BODY.has(key));
    const name = names.split("/").at(-1);
    requests.push({ path: id, apiVersion, body: { name, ...(read(Object.fromEntries(body)) as object) } });
    there.set(id, propertiesAzureSets(id));
    return;
  }
  const { template, parameters = {} } = resource["properties"] as { template: Template; parameters?: object };
  const values = Object.entries(read(parameters) as Record<string, { value: unknown }>);
  const nested: Place = {
    subscription: String(read(resource["subscriptionId"] ?? place.subscription)),
    resourceGroup: String(read(resource["resourceGroup"])),
    parameters: Object.fromEntries(values.map(([name, { value }]) => [name, value])),
  };
  const outputs = deploy(template, nested, requests, there);
  there.set(id, {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])),
  });
}

function idOf(
  type: string,
  names: string,
  resource: Resource,
  place: Place,
  read: (value: unknown) => unknown,
): string {
  const subscription = String(read(resource["subscriptionId"] ?? place.subscription));
  if (type === "Microsoft.Resources/resourceGroups") return `/subscriptions/${subscription}/providers/${type}/${names}`;
  const group = String(read(resource["resourceGroup"] ?? place.resourceGroup));
  const scope =
    resource["scope"] === undefined
      ? `/subscriptions/${subscription}/resourceGroups/${group}`
      : read(resource["scope"]);
  const [namespace = "", ...types] = type.split("/");
  const parts = names.split("/");
  if (parts.length !== types.length) throw new Error(`${names} is no name for ${type}`);
  return `${String(scope)}/providers/${namespace}/${types.map((each, at) => `${each}/${parts[at]}`).join("/")}`;
}

/** What `reference()` finds. */
function propertiesAzureSets(id: string): unknown {
  return {
    principalId: `principalId of ${id}`,
    clientId: `clientId of ${id}`,
    ipAddress: "203.0.113.10",
    endpoint: `endpoint of ${id}`,
    dnsSettings: { fqdn: `fqdn of ${id}` },
  };
}

function scopeOf(template: Template, place: Place, there: There): Scope {
  const parameters = Object.fromEntries(
    Object.entries(template.parameters ?? {}).map(([name, { defaultValue }]) => {
      const value = place.parameters?.[name] ?? defaultValue;
      if (value === undefined) throw new Error(`the parameter "${name}" has no value`);
      return [name, value];
    }),
  );
  const variables: Record<string, unknown> = {};
  const scope: Scope = {
    subscription: place.subscription,
    resourceGroup: place.resourceGroup,
    parameters,
    variables,
    reference: (id) => {
      // What the template does not create is there from the start.
      const found = there.get(id) ?? (/\/rg-existing[^/]*\//.test(id) ? propertiesAzureSets(id) : undefined);
      if (found === undefined) throw new Error(`reference() to ${id}, which is not there yet`);
      return found;
    },
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === "string") (parameters as Record<string, unknown>)[name] = evaluate(value, scope);
  }
  for (const [name, value] of Object.entries(template.variables ?? {})) variables[name] = resolve(value, scope);
  return scope;
}

/** Every expression in a value; `copy` becomes a list. */
function resolve(value: unknown, scope: Scope): unknown {
  if (typeof value === "string") return evaluate(value, scope);
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (key !== "copy") return [[String(evaluate(key, scope)), resolve(item, scope)]];
    return (item as { name: string; count: unknown; input: unknown }[]).map(({ name, count, input }) => [
      name,
      Array.from({ length: Number(resolve(count, scope)) }, (_, copyIndex) => resolve(input, { ...scope, copyIndex })),
    ]);
  });
  return Object.fromEntries(entries);
}

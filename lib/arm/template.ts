import {
  Entries,
  type Expression,
  type Group,
  type ParameterType,
  type Target,
  type Text,
  type Value,
  call,
  isExpression,
  keyOf,
  plain,
  quoted,
} from "./expression.js";

/** JSON as it is written. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonRecord = Readonly<Record<string, Json>>;

const LEVELS = {
  group: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  subscription: "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
};

const DEPLOYMENT = { type: "Microsoft.Resources/deployments", apiVersion: "2022-09-01" };

const SUBSCRIPTION: Expression = { kind: "item", of: call("subscription"), index: "subscriptionId" };

/** A parameter of a template. */
export interface Parameter {
  readonly type: ParameterType;
  readonly body?: JsonRecord;
}

/**
 * A template under construction. What a nested one needs of its parent goes into it as a parameter, since it is evaluated
 * where it is deployed (`expressionEvaluationOptions.scope: inner`).
 * https://learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates
 */
export class Template {
  private readonly parameters = new Map<string, Parameter>();
  private readonly imported = new Map<string, { readonly name: string; readonly expression: Expression }>();
  private readonly resources: Json[] = [];
  private outputs: JsonRecord = {};

  /** @param owned tells whether a resource is in this template, or in one that is nested in it */
  constructor(
    private readonly level: keyof typeof LEVELS,
    private readonly group: Group,
    private readonly owned: (target: Target) => boolean,
    private readonly parent?: Template,
  ) {}

  declare(name: string, parameter: Parameter): void {
    this.parameters.set(name, parameter);
  }

  add(resource: Readonly<Record<string, Value>>): void {
    this.resources.push(this.json(resource));
  }

  setOutputs(outputs: JsonRecord): void {
    this.outputs = outputs;
  }

  /** A nested deployment of another template. */
  nest(name: string, template: Template, dependsOn: readonly Expression[]): void {
    const { subscription, name: resourceGroup } = template.group;
    this.add({
      ...DEPLOYMENT,
      name,
      subscriptionId: subscription,
      resourceGroup,
      dependsOn: dependsOn.length > 0 ? dependsOn : undefined,
      properties: {
        mode: "Incremental",
        expressionEvaluationOptions: { scope: "inner" },
        parameters: template.arguments(),
        template: raw(template.toJson()),
      },
    });
  }

  toJson(): JsonRecord {
    const parameters = Object.fromEntries(
      [...this.parameters].map(([name, { type, body }]) => [name, { type, ...body }]),
    );
    return {
      $schema: LEVELS[this.level],
      contentVersion: "1.0.0.0",
      ...(this.parameters.size > 0 && { parameters }),
      resources: this.resources,
      ...(Object.keys(this.outputs).length > 0 && { outputs: this.outputs }),
    };
  }

  /** A value with its expressions written out; what is undefined is left out. */
  json(value: Value): Json {
    if (value === undefined || value === null) return null;
    if (value instanceof Raw) return value.json;
    if (value instanceof Entries) {
      return Object.fromEntries(value.entries.map(([key, item]) => [this.text(key), this.json(item)]));
    }
    if (typeof value === "string" || isExpression(value)) return this.text(value);
    if (typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item: Value) => this.json(item));
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, this.json(item as Value)]));
  }

  private text(text: Text): string {
    return typeof text === "string" ? plain(text) : `[${this.code(text)}]`;
  }

  /** An expression in the template language, as this template has to write it. */
  code(text: Text): string {
    if (typeof text === "string") return quoted(text);
    switch (text.kind) {
      case "parameter":
        return `parameters(${quoted(this.parent ? this.import(text) : text.name)})`;
      case "id":
        return this.isHere(text.of) ? this.resourceId(text.of, text.child) : `parameters(${quoted(this.import(text))})`;
      case "property":
        return this.isHere(text.of)
          ? `reference(${this.resourceId(text.of)}, ${quoted(text.of.apiVersion)}).${text.path}`
          : `parameters(${quoted(this.import(text))})`;
      case "concat":
        return `concat(${text.parts.map((part) => this.code(part)).join(", ")})`;
      case "call":
        return `${text.name}(${text.arguments.map((argument) => this.code(argument)).join(", ")})`;
      case "item": {
        const { index } = text;
        if (typeof index === "string") return `${this.code(text.of)}.${index}`;
        return `${this.code(text.of)}[${typeof index === "number" ? index : this.code(index)}]`;
      }
    }
  }

  /** Whether it can be pointed to from here: as a part of this template, or as what exists outside of all of them. */
  private isHere(target: Target): boolean {
    return this.parent === undefined || this.owned(target) || !this.parent.knows(target);
  }

  private knows(target: Target): boolean {
    return this.owned(target) || (this.parent?.knows(target) ?? false);
  }

  private resourceId({ type, names, group, scope }: Target, child?: readonly [type: string, name: Text]): string {
    if (scope !== undefined) return this.code(call("extensionResourceId", scope, type, ...names));
    // A template for a subscription has no group, so an id in it names both.
    const own: Text | undefined = this.level === "group" ? undefined : SUBSCRIPTION;
    const place = this.isInGroup(group) ? [] : [group.subscription ?? own, group.name];
    const given = place.filter((part) => part !== undefined);
    const whole = child === undefined ? [type, ...names] : [`${type}/${child[0]}`, ...names, child[1]];
    return `resourceId(${[...given, ...whole].map((part) => this.code(part)).join(", ")})`;
  }

  private isInGroup({ subscription, name }: Group): boolean {
    const same = (one: Text | undefined, other: Text | undefined) => one === undefined || keyOf(one) === keyOf(other);
    return same(name, this.group.name) && same(subscription, this.group.subscription);
  }

  /** Takes a value from the parent. */
  private import(expression: Expression): string {
    const key = keyOf(expression);
    const known = this.imported.get(key);
    if (known !== undefined) return known.name;
    const wanted = nameFor(expression);
    const taken = new Set(this.parameters.keys());
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}${n}`;
    this.imported.set(key, { name, expression });
    this.parameters.set(name, { type: expression.kind === "parameter" ? expression.type : "string" });
    return name;
  }

  /** The values of the parameters, as the parent writes them. */
  private arguments(): Value {
    if (this.imported.size === 0) return undefined;
    return Object.fromEntries([...this.imported.values()].map(({ name, expression }) => [name, { value: expression }]));
  }
}

/** JSON that is complete: a nested template. */
class Raw {
  constructor(readonly json: Json) {}
}

function raw(json: Json): Value {
  return new Raw(json) as unknown as Value;
}

/** `gatewayIdentityPrincipalId` */
function nameFor(expression: Expression): string {
  switch (expression.kind) {
    case "parameter":
      return expression.name;
    case "id":
      return `${expression.of.label}Id`;
    case "property":
      return expression.of.label + expression.path.split(".").map(capitalized).join("");
    default:
      return "value";
  }
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The id of a nested deployment, for those that wait for it. */
export function deploymentTarget(name: string, group: Group): Target {
  return { ...DEPLOYMENT, names: [name], group, label: name };
}

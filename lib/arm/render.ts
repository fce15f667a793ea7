import { SynthesizedError, type TerraformDocument } from "../synthesized/index.js";
import {
  type Expression,
  type Group,
  type Target,
  type Text,
  type Value,
  call,
  concat,
  isExpression,
  keyOf,
} from "./expression.js";
import { type Body } from "./resource-type.js";
import { Stack, type StackResource, type Variable } from "./stack.js";
import { type Json, type JsonRecord, Template, deploymentTarget } from "./template.js";

/** A rendered stack. */
export interface ArmTemplate {
  readonly json: JsonRecord;
  /** What it is deployed to: a resource group, or the subscription if the stack creates its group. */
  readonly level: "group" | "subscription";
  /** The resource group, where it is known. */
  readonly resourceGroup: string | undefined;
}

/**
 * Renders a synthesized stack as an ARM template.
 * @throws SynthesizedError naming what no template can hold, and what to do instead
 */
export function renderArmTemplate(document: TerraformDocument): ArmTemplate {
  if (document.isPlan) {
    throw new SynthesizedError("the plan", "cannot be rendered as an ARM template; give the synthesized cdk.tf.json");
  }
  return new Renderer(new Stack(document), document).render();
}

/** A resource with its body, and what has to be there before it. */
interface Rendered {
  readonly resource: StackResource;
  readonly body: Body;
  readonly needs: ReadonlySet<StackResource>;
}

/** Resources of one other group that wait for the same: one nested deployment. */
interface Unit {
  readonly name: string;
  readonly group: Group;
  readonly members: readonly Rendered[];
}

/** What the stack creates; what is there already can be pointed to from everywhere. */
function isInStack(target: Target): boolean {
  return "exists" in target && target.exists === false;
}

class Renderer {
  private readonly rendered: readonly Rendered[];
  private readonly created: readonly Rendered[];
  private readonly home: Group;

  constructor(
    private readonly stack: Stack,
    private readonly document: TerraformDocument,
  ) {
    const all = inTurn(stack.resources.map((resource) => this.renderOne(resource)));
    this.created = all.filter(isGroup);
    this.rendered = all.filter((each) => !isGroup(each));
    this.home = homeOf(this.rendered);
  }

  render(): ArmTemplate {
    const { name } = this.home;
    const resourceGroup = typeof name === "string" ? name : undefined;
    if (this.created.length === 0) {
      const template = new Template("group", this.home, isInStack);
      this.declareParameters(template);
      this.fill(template);
      template.setOutputs(this.outputs((value) => template.json(value)));
      return { json: template.toJson(), level: "group", resourceGroup };
    }
    return { json: this.withGroups(), level: "subscription", resourceGroup };
  }

  /** The groups, and in one of them everything else. */
  private withGroups(): JsonRecord {
    const groups = new Set<Target>(this.created.map(({ resource }) => resource));
    const whole = new Template("subscription", { subscription: undefined, name: undefined }, isInStack);
    this.declareParameters(whole);
    for (const { resource, body } of this.created) whole.add(resourceOf(resource, body, []));
    const inner = new Template("group", this.home, (target) => isInStack(target) && !groups.has(target), whole);
    this.fill(inner);
    const name = this.deploymentName("");
    const outputs = this.outputs((value) => inner.json(value));
    inner.setOutputs(outputs);
    const waitFor = this.created.map(({ resource: { type, names } }) => call("subscriptionResourceId", type, ...names));
    whole.nest(name, inner, waitFor);
    const deployment = whole.code({
      kind: "property",
      of: deploymentTarget(name, { subscription: undefined, name: this.home.name }),
      path: "outputs",
    });
    whole.setOutputs(
      Object.fromEntries(
        Object.entries(outputs).map(([output, body]) => [
          output,
          { ...(body as JsonRecord), value: `[${deployment}.${output}.value]` },
        ]),
      ),
    );
    return whole.toJson();
  }

  /** Everything but groups: what is in the template's own group directly, what is in others by nested deployments. */
  private fill(template: Template): void {
    const units = this.units();
    const unitOf = new Map(units.flatMap((unit) => unit.members.map(({ resource }) => [resource, unit] as const)));
    const waitFor = (needs: Iterable<StackResource>, self?: Unit): Expression[] => {
      const ids = new Map<string, Expression>();
      for (const need of needs) {
        if (isGroupType(need)) continue;
        const unit = unitOf.get(need);
        if (unit !== undefined && unit === self) continue;
        const of = unit === undefined ? need : deploymentTarget(unit.name, unit.group);
        const id: Expression = { kind: "id", of };
        ids.set(template.code(id), id);
      }
      return [...ids].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, id]) => id);
    };
    const emitted = new Set<Unit>();
    for (const each of this.rendered) {
      const unit = unitOf.get(each.resource);
      if (unit === undefined) {
        template.add(resourceOf(each.resource, each.body, waitFor(each.needs)));
        continue;
      }
      if (emitted.has(unit)) continue;
      emitted.add(unit);
      const members = new Set<Target>(unit.members.map(({ resource }) => resource));
      const nested = new Template("group", unit.group, (target) => members.has(target), template);
      for (const { resource, body } of unit.members) nested.add(resourceOf(resource, body, []));
      template.nest(unit.name, nested, waitFor(unit.members.flatMap(({ needs }) => [...needs])));
    }
  }

  /**
   * Nested deployments. Their members wait for the same resources, so that none of them waits, through others, for itself.
   */
  private units(): Unit[] {
    const away = this.rendered.filter(({ resource: { group } }) => groupKey(group) !== groupKey(this.home));
    const byKey = new Map<string, Rendered[]>();
    for (const each of away) {
      const needs = [...each.needs].map(({ address }) => address).sort();
      const key = [groupKey(each.resource.group), ...needs].join("|");
      byKey.set(key, [...(byKey.get(key) ?? []), each]);
    }
    return [...byKey.values()].map((members, at) => {
      const [first] = members;
      const group = first?.resource.group ?? this.home;
      return { name: this.deploymentName(`-${at + 1}`), group, members };
    });
  }

  /** Deployments of two stacks into one group have different names, so that they do not disturb each other. */
  private deploymentName(suffix: string): string {
    const gateway = this.rendered.find(({ resource: { terraform } }) => terraform.type === GATEWAY)?.resource.names[0];
    const name = typeof gateway === "string" ? gateway : "aoai-kiss-lb";
    return `${name.slice(0, MAXIMUM_DEPLOYMENT_NAME - suffix.length)}${suffix}`;
  }

  private declareParameters(template: Template): void {
    for (const variable of this.stack.variables.values()) template.declare(variable.name, parameterOf(variable));
  }

  private outputs(json: (value: Value) => Json): JsonRecord {
    const outputs = Object.entries(this.document.outputs).filter(([, body]) => body["sensitive"] !== true);
    return Object.fromEntries(
      outputs.map(([name, { value, description }]) => {
        const read = this.stack.read(value, `output.${name}.value`);
        const body: JsonRecord = { type: outputType(read), value: json(read) };
        return [name, typeof description === "string" ? { ...body, metadata: { description } } : body];
      }),
    );
  }

  private renderOne(resource: StackResource): Rendered {
    const { terraform, definition } = resource;
    const needs = new Set<StackResource>();
    const mention = (address: string) => {
      const found = this.stack.find(address);
      if (found !== undefined && found !== resource && !found.exists) needs.add(found);
    };
    for (const address of [terraform.body["depends_on"] ?? []].flat()) mention(String(address));
    const block = this.stack.block(terraform, mention);
    block.ignore("name", "resource_group_name");
    // Once more, for what the name and the group refer to.
    definition.names(block, this.stack);
    definition.group(block, this.stack);
    const body = definition.render(block, resource, this.stack);
    block.finish();
    const securityGroup = this.stack.securityGroupTarget(resource);
    const target = this.stack.resources.find((each) => each === securityGroup);
    if (target !== undefined) needs.add(target);
    return { resource, body, needs };
  }
}

const GATEWAY = "azurerm_application_gateway";
/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources */
const MAXIMUM_DEPLOYMENT_NAME = 64;

function isGroup({ resource }: Rendered): boolean {
  return isGroupType(resource);
}

function isGroupType({ terraform }: StackResource): boolean {
  return terraform.type === "azurerm_resource_group";
}

/** Makes those follow each other that Azure changes one at a time. */
function inTurn(all: readonly Rendered[]): Rendered[] {
  const last = new Map<string, StackResource>();
  return all.map((each) => {
    const { resource } = each;
    if (resource.definition.oneAtATime !== true) return each;
    const parent = [resource.type, groupKey(resource.group), ...resource.names.slice(0, -1).map(keyOf)].join("|");
    const previous = last.get(parent);
    last.set(parent, resource);
    return previous === undefined ? each : { ...each, needs: new Set([...each.needs, previous]) };
  });
}

/** The group of the gateway, or else of the first resource. */
function homeOf(rendered: readonly Rendered[]): Group {
  const gateway = rendered.find(({ resource }) => resource.terraform.type === GATEWAY);
  const home = (gateway ?? rendered[0])?.resource.group;
  if (home === undefined) throw new SynthesizedError("resource", "there is nothing to render in the file");
  return home;
}

function groupKey({ subscription, name }: Group): string {
  return `${keyOf(subscription)}/${keyOf(name)}`;
}

function resourceOf(
  resource: StackResource,
  body: Body,
  dependsOn: readonly Expression[],
): Readonly<Record<string, Value>> {
  const { type, apiVersion, names } = resource;
  return {
    type,
    apiVersion,
    name: joined(names),
    ...body,
    dependsOn: dependsOn.length > 0 ? dependsOn : undefined,
  };
}

/** `network/subnet` */
function joined(names: readonly Text[]): Text {
  return concat(...names.flatMap((name, at) => (at === 0 ? [name] : ["/", name])));
}

function parameterOf({ type, body }: Variable) {
  const { default: value, description } = body;
  return {
    type,
    body: {
      ...(value !== undefined && { defaultValue: value as Json }),
      ...(typeof description === "string" && { metadata: { description } }),
    },
  };
}

function outputType(value: Value): string {
  if (isExpression(value)) return value.kind === "parameter" ? value.type : "string";
  if (Array.isArray(value)) return "array";
  if (typeof value === "object") return "object";
  return { number: "int", boolean: "bool" }[String(typeof value)] ?? "string";
}

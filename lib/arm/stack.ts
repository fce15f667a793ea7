import {
  type JsonObject,
  SynthesizedError,
  type TerraformDocument,
  type TerraformResource,
  bareReference,
  isObject,
  objects,
} from "../synthesized/index.js";
import { Block, type ValueReader } from "./block.js";
import { type ParameterType, type Target, type Text, type Value, concat, keyOf } from "./expression.js";
import { existingTarget } from "./resource-id.js";
import { type Relations, type ResourceType, ownGroup } from "./resource-type.js";
import { RESOURCE_TYPES, SUBNET_SECURITY_GROUP, UNSUPPORTED } from "./resource-types.js";

/** A resource of the stack on its way into a template. */
export interface StackResource extends Target {
  readonly address: string;
  readonly terraform: TerraformResource;
  readonly definition: ResourceType;
  /** Whether it is a data source: something that is there already. */
  readonly exists: boolean;
}

/** A Terraform variable, which becomes a parameter. */
export interface Variable {
  readonly name: string;
  readonly type: ParameterType;
  readonly body: JsonObject;
}

/** A security group for a subnet. */
interface Association {
  readonly address: string;
  readonly subnet: StackResource;
  readonly securityGroup: Text;
}

/** What a Terraform document declares, in terms of Azure Resource Manager. */
export class Stack implements Relations {
  readonly resources: readonly StackResource[];
  readonly variables: ReadonlyMap<string, Variable>;
  private readonly byAddress = new Map<string, StackResource>();
  private readonly associations: Association[] = [];

  /** @throws SynthesizedError naming everything that no template can hold. */
  constructor(readonly document: TerraformDocument) {
    refuseUnsupported(document.resources);
    this.variables = new Map(document.variables.map(({ name, body }) => [name, { name, body, type: typeOf(body) }]));
    const all = document.resources.flatMap((terraform) => {
      const definition = RESOURCE_TYPES.get(terraform.type);
      return definition === undefined ? [] : [this.place(terraform, definition)];
    });
    this.resources = all.filter(({ exists }) => !exists);
    const associations = document.resources.filter(({ type }) => type === SUBNET_SECURITY_GROUP);
    this.associations.push(...associations.map((terraform) => this.associate(terraform)));
  }

  /** A resource or a data source by its Terraform address; of an association, the subnet that it is for. */
  find(address: string): StackResource | undefined {
    const association = this.associations.find((each) => each.address === address);
    return association?.subnet ?? this.byAddress.get(address);
  }

  securityGroupOf(subnet: Target): Text | undefined {
    return this.associations.find((each) => each.subnet === subnet)?.securityGroup;
  }

  /** What a resource's association refers to, beside the subnet. */
  securityGroupTarget(subnet: Target): Target | undefined {
    const id = this.securityGroupOf(subnet);
    return typeof id === "object" && id.kind === "id" ? id.of : undefined;
  }

  /** The subscription that the provider is configured for, if the file says so. */
  private get subscription(): string | undefined {
    const id = objects(this.document.providers["azurerm"])[0]?.["subscription_id"];
    return typeof id === "string" ? id : undefined;
  }

  /** Reads a resource's arguments; `mention` is told what they refer to. */
  block({ address, body }: TerraformResource, mention: (address: string) => void = () => undefined): Block {
    const block = new Block(body, address, new Values(this, mention));
    block.ignore("lifecycle", "depends_on", "provider", "timeouts");
    return block;
  }

  /** Reads any value of the document, such as an output. */
  read(value: unknown, where: string): Value {
    return new Values(this, () => undefined).read(value, where);
  }

  /** What an id stands for: a resource of the stack, or one that exists; undefined if only a deployment tells. */
  targetOf(id: Text, where: string): Target | undefined {
    if (typeof id !== "string") return id.kind === "id" ? id.of : undefined;
    const target = existingTarget(id, where);
    const isOwn = keyOf(target.group.subscription) === keyOf(this.subscription);
    return isOwn ? { ...target, group: { ...target.group, subscription: undefined } } : target;
  }

  private associate(terraform: TerraformResource): Association {
    const block = this.block(terraform);
    const subnet = block.text("subnet_id");
    const securityGroup = block.text("network_security_group_id");
    block.finish();
    const target = typeof subnet === "object" && subnet.kind === "id" ? subnet.of : undefined;
    const resource = this.resources.find((each) => each === target);
    if (resource === undefined) throw block.problem("subnet_id", "has to be a subnet of this stack");
    return { address: terraform.address, subnet: resource, securityGroup };
  }

  private place(terraform: TerraformResource, definition: ResourceType): StackResource {
    const { address } = terraform;
    // Names and groups may refer to resources that come later in the file, so they are read when they are needed.
    const lazily = <T>(compute: (block: Block) => T) => {
      let known: { readonly value: T } | undefined;
      return () => (known ??= { value: compute(this.block(terraform)) }).value;
    };
    const names = lazily((block) => definition.names(block, this));
    const group = lazily((block) => definition.group(block, this));
    const scope = lazily((block) => definition.scope?.(block, this));
    const resource: StackResource = {
      address,
      terraform,
      definition,
      exists: isData(terraform),
      type: definition.type,
      apiVersion: definition.apiVersion,
      label: labelOf(address),
      get names() {
        return names();
      },
      get group() {
        return group();
      },
      get scope() {
        return scope();
      },
    };
    this.byAddress.set(address, resource);
    return resource;
  }
}

/** Turns Terraform's values into those of a template. */
class Values implements ValueReader {
  constructor(
    private readonly stack: Stack,
    private readonly mention: (address: string) => void,
  ) {}

  read(value: unknown, where: string): Value {
    if (typeof value === "string") return this.text(value, where);
    if (Array.isArray(value)) return value.map((item) => this.read(item, where));
    if (isObject(value)) {
      const entries = Object.entries(value).map(([key, item]) => [key.normalize(), this.read(item, `${where}.${key}`)]);
      return Object.fromEntries(entries) as Value;
    }
    return value as number | boolean | null;
  }

  /** Terraform normalizes text (NFC), and writes "${" as "$${". */
  private text(written: string, where: string): Value {
    const text = written.normalize();
    const reference = bareReference(text);
    if (reference !== undefined) return this.reference(reference, where);
    const parts = text.split(/(?<!\$)(\$\{[^}]*\})/).map((part): Text => {
      if (!part.startsWith("${")) return part.replaceAll("$${", "${").replaceAll("%%{", "%{");
      const inner = bareReference(part);
      if (inner === undefined) throw notRendered(part, where);
      const value = this.reference(inner, where);
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      if (typeof value === "string" || (typeof value === "object" && value !== null && "kind" in value)) {
        return value as Text;
      }
      throw notRendered(part, where);
    });
    return concat(...parts);
  }

  private reference(target: string, where: string): Value {
    const [root = "", name = ""] = target.split(".");
    if (root === "var") {
      const variable = this.stack.variables.get(name);
      if (variable === undefined) throw new SynthesizedError(where, `refers to var.${name}, which is not declared`);
      return { kind: "parameter", name, type: variable.type };
    }
    if (root === "local") return this.read(this.stack.document.values.get(target), where);
    const dot = target.lastIndexOf(".");
    const resource = this.stack.find(target.slice(0, dot));
    if (resource === undefined) throw notRendered(`\${${target}}`, where);
    this.mention(resource.address);
    return this.attribute(resource, target.slice(dot + 1), where);
  }

  private attribute(resource: StackResource, attribute: string, where: string): Value {
    if (attribute === "id") return { kind: "id", of: resource };
    const written = resource.terraform.body[attribute];
    if (written !== undefined && written !== null) return this.read(written, `${resource.address}.${attribute}`);
    const path = resource.definition.attributes[attribute];
    if (path === undefined) throw notRendered(`\${${resource.address}.${attribute}}`, where);
    return { kind: "property", of: resource, path };
  }
}

function notRendered(expression: string, where: string): SynthesizedError {
  return new SynthesizedError(
    where,
    `${expression} cannot be rendered as an ARM template, which takes references to a variable, a local or a resource of the same file; write the value`,
  );
}

function isData({ address }: TerraformResource): boolean {
  return address.startsWith("data.");
}

function refuseUnsupported(resources: readonly TerraformResource[]): void {
  const isSupported = (resource: TerraformResource) => {
    const definition = RESOURCE_TYPES.get(resource.type);
    // What a data source names by its group and its name can be pointed to; the others are looked up.
    if (isData(resource)) return definition?.group === ownGroup;
    return definition !== undefined || resource.type === SUBNET_SECURITY_GROUP;
  };
  const elsewhere = resources.filter(({ body }) => /\./.test(String(body["provider"] ?? "")));
  if (elsewhere.length > 0) {
    throw new SynthesizedError(
      elsewhere.map(({ address }) => address).join(", "),
      "belongs to another subscription (it has a provider of its own), and a template is rendered for one; deploy the accounts of that subscription apart, and list them with fqdn and accountId",
    );
  }
  const unsupported = resources.filter((resource) => !isSupported(resource));
  const reasons = new Set(unsupported.flatMap(({ type }) => UNSUPPORTED.get(type) ?? []));
  if (unsupported.length === 0) return;
  throw new SynthesizedError(
    unsupported.map(({ address }) => address).join(", "),
    [
      "cannot be rendered as an ARM template",
      ...(reasons.size > 0 ? reasons : [`what can be is ${[...RESOURCE_TYPES.keys()].sort().join(", ")}`]),
    ].join("; "),
  );
}

const PARAMETER_TYPES: readonly (readonly [RegExp, ParameterType])[] = [
  [/^number$/, "int"],
  [/^bool$/, "bool"],
  [/^(list|set|tuple)\b/, "array"],
  [/^(map|object)\b/, "object"],
];

function typeOf({ type, sensitive }: JsonObject): ParameterType {
  const name = String(type ?? "string").replaceAll(/^\$\{|\}$/g, "");
  const known = PARAMETER_TYPES.find(([pattern]) => pattern.test(name))?.[1] ?? "string";
  return known === "string" && sensitive === true ? "securestring" : known;
}

/** `LoadBalancer_GatewayIdentity_A168437D` → `gatewayIdentity`: CDKTF ends an address with a hash. */
function labelOf(address: string): string {
  const name = address.slice(address.lastIndexOf(".") + 1);
  const parts = name.replace(/_[0-9A-F]{8}$/, "").split(/[^A-Za-z0-9]+/);
  const last = parts.at(-1) ?? name;
  return last.charAt(0).toLowerCase() + last.slice(1);
}

import { type Block } from "./block.js";
import { type Group, type Target, type Text, type Value } from "./expression.js";

/** How a Terraform resource becomes one of Azure Resource Manager. */
export interface ResourceType {
  readonly type: string;
  /** The one that azurerm 4.55.0 uses. */
  readonly apiVersion: string;
  readonly names: (block: Block, stack: Relations) => readonly Text[];
  readonly group: (block: Block, stack: Relations) => Group;
  /** The id of the resource that this one extends. */
  readonly scope?: (block: Block, stack: Relations) => Text | undefined;
  /** Terraform's names of properties that Azure sets, and where a reference finds them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly render: (block: Block, self: Target, stack: Relations) => Body;
  /** Whether Azure changes one of these at a time in a parent, so that they have to follow each other. */
  readonly oneAtATime?: boolean;
}

/** What goes beside the type and the name of a resource in a template. */
export type Body = Readonly<Record<string, Value>>;

/** What a resource may ask about the others. */
export interface Relations {
  /** What an id stands for; undefined if only a deployment tells. */
  targetOf(id: Text, where: string): Target | undefined;
  /** The security group that the stack associates with a subnet. */
  securityGroupOf(subnet: Target): Text | undefined;
}

/** The names of a resource that is in no other one. */
export function ownName(block: Block): readonly Text[] {
  return [block.text("name")];
}

/** The group that a resource is told to be in. */
export function ownGroup(block: Block): Group {
  return { subscription: undefined, name: block.text("resource_group_name") };
}

/** Region and tags, which most resources have. */
export function placement(block: Block): Body {
  return { location: location(block), tags: block.map("tags") };
}

/** As azurerm sends it: `East US 2` is `eastus2`. */
export function location(block: Block): Text {
  const text = block.text("location");
  return typeof text === "string" ? text.toLowerCase().replaceAll(" ", "") : text;
}

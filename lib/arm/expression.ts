/** A resource that an expression can point to: one of the template, or one that exists. */
export interface Target {
  /** The Azure type, such as `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string;
  readonly apiVersion: string;
  /** One name for each segment of the type after the namespace. */
  readonly names: readonly Text[];
  readonly group: Group;
  /** The id of the resource that it extends; undefined if it is one of its own. */
  readonly scope?: Text | undefined;
  /** What nested templates call it. */
  readonly label: string;
}

/** Where a resource is; what is undefined is that of the deployment. */
export interface Group {
  readonly subscription: Text | undefined;
  readonly name: Text | undefined;
}

/** A value that Azure Resource Manager computes when the template is deployed. */
export type Expression =
  | { readonly kind: "parameter"; readonly name: string; readonly type: ParameterType }
  /** The Azure resource id, or that of a part of the resource: `child` is its type and name. */
  | { readonly kind: "id"; readonly of: Target; readonly child?: readonly [type: string, name: Text] }
  /** A property that Azure gives the resource, known once it is there. */
  | { readonly kind: "property"; readonly of: Target; readonly path: string }
  | { readonly kind: "concat"; readonly parts: readonly Text[] }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly Text[] }
  /** `of[index]`, or for a text `of.index`. */
  | { readonly kind: "item"; readonly of: Expression; readonly index: number | string | Expression };

export type ParameterType = "string" | "securestring" | "int" | "bool" | "array" | "object";

/** Known now, or when the template is deployed. */
export type Text = string | Expression;

/** JSON in which values, and keys of {@link Entries}, may be expressions. */
export type Value =
  Text | number | boolean | null | undefined | Entries | readonly Value[] | { readonly [key: string]: Value };

/** An object whose keys may be expressions. */
export class Entries {
  constructor(readonly entries: readonly (readonly [key: Text, value: Value])[]) {}
}

const KINDS = new Set(["parameter", "id", "property", "concat", "call", "item"]);

export function isExpression(value: unknown): value is Expression {
  return typeof value === "object" && value !== null && "kind" in value && KINDS.has(String(value.kind));
}

/** `name(…)`. */
export function call(name: string, ...args: readonly Text[]): Expression {
  return { kind: "call", name, arguments: args };
}

/** Parts of a text; a plain string if all are known. */
export function concat(...parts: readonly Text[]): Text {
  const [first = "", ...rest] = parts.filter((part) => part !== "");
  return rest.reduce<Text>((left, right) => {
    if (typeof left === "string" && typeof right === "string") return left + right;
    return {
      kind: "concat",
      parts: [
        ...(isExpression(left) && left.kind === "concat" ? left.parts : [left]),
        ...(isExpression(right) && right.kind === "concat" ? right.parts : [right]),
      ],
    };
  }, first);
}

/** The same wherever it is written: groups and dependencies are told apart by it. */
export function keyOf(text: Text | undefined): string {
  if (text === undefined) return "";
  return typeof text === "string" ? text.toLowerCase() : JSON.stringify(text);
}

/** A literal of the template language. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Text of a JSON template: what begins with a bracket would be taken for an expression. */
export function plain(text: string): string {
  return text.startsWith("[") ? `[${text}` : text;
}

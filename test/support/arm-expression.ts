import { createHash } from "node:crypto";

/** What the functions of the template language need to know about a deployment. */
export interface Scope {
  readonly subscription: string;
  /** Undefined in a deployment to a subscription. */
  readonly resourceGroup: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The index of a copy loop. */
  readonly copyIndex?: number;
  /** A property of a resource that is there. */
  readonly reference: (id: string) => unknown;
}

/** Evaluates a string of a template: an expression if it is in brackets. */
export function evaluate(text: string, scope: Scope): unknown {
  if (text.startsWith("[[")) return text.slice(1);
  if (!text.startsWith("[") || !text.endsWith("]")) return text;
  const parser = new Parser(text.slice(1, -1), scope);
  const value = parser.expression();
  parser.end();
  if (value instanceof Missing) throw new Error(value.message);
  return value;
}

/** The part of the template language that the templates use. */
class Parser {
  private at = 0;

  constructor(
    private readonly code: string,
    private readonly scope: Scope,
  ) {}

  expression(): unknown {
    let value = this.primary();
    for (;;) {
      if (this.take(/^\s*\.\s*(\w+)/y)) value = field(value, this.last[1] ?? "");
      else if (this.take(/^\s*\[/y)) {
        value = field(value, String(this.expression()));
        this.expect(/^\s*\]/y);
      } else return value;
    }
  }

  end(): void {
    if (this.at !== this.code.length) throw new Error(`cannot parse ${this.code} at ${this.at}`);
  }

  private last: RegExpExecArray = [""] as unknown as RegExpExecArray;

  private primary(): unknown {
    if (this.take(/^\s*'((?:[^']|'')*)'/y)) return (this.last[1] ?? "").replaceAll("''", "'");
    if (this.take(/^\s*(-?\d+)/y)) return Number(this.last[1]);
    this.expect(/^\s*(\w+)\s*\(/y);
    const name = this.last[1] ?? "";
    const values: unknown[] = [];
    while (!this.take(/^\s*\)/y)) {
      if (values.length > 0) this.expect(/^\s*,/y);
      values.push(this.expression());
    }
    return this.call(name, values);
  }

  private call(name: string, values: readonly unknown[]): unknown {
    // The branch of an `if` that is not taken may be wrong.
    if (name === "if") return values[0] === true ? values[1] : values[2];
    const missing = values.find((value) => value instanceof Missing);
    if (missing !== undefined) return missing;
    const { subscription, resourceGroup, parameters, variables, copyIndex, reference } = this.scope;
    const texts = values.map(String);
    switch (name) {
      case "parameters":
        return known(parameters, texts[0] ?? "", "parameter");
      case "variables":
        return known(variables, texts[0] ?? "", "variable");
      case "concat":
        return texts.join("");
      case "split":
        return texts[0]?.split(texts[1] ?? "");
      case "length":
        return (values[0] as unknown[]).length;
      case "empty":
        return texts[0] === "";
      case "not":
        return values[0] !== true;
      case "copyIndex":
        return copyIndex;
      case "guid":
        return createHash("sha1")
          .update(texts.join("|"))
          .digest("hex")
          .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5");
      case "environment":
        return { suffixes: { keyvaultDns: ".vault.azure.net" } };
      case "subscription":
        return { subscriptionId: subscription };
      case "resourceGroup":
        if (resourceGroup === undefined) throw new Error("resourceGroup() in a deployment to a subscription");
        return { id: `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`, location: "westus" };
      case "resourceId":
        return resourceId(texts, subscription, resourceGroup);
      case "extensionResourceId":
        return `${texts[0]}/providers/${texts[1]}/${texts[2]}`;
      case "subscriptionResourceId":
        return `/subscriptions/${subscription}/providers${resourceId(texts, "", "").split("/providers")[1]}`;
      case "reference":
        return reference(texts[0] ?? "");
      default:
        throw new Error(`the template language has no function "${name}" here`);
    }
  }

  private take(pattern: RegExp): boolean {
    const sticky = new RegExp(pattern.source.replace(/^\^/, ""), "y");
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.code);
    if (match === null) return false;
    this.last = match;
    this.at = sticky.lastIndex;
    return true;
  }

  private expect(pattern: RegExp): void {
    if (!this.take(pattern)) throw new Error(`cannot parse ${this.code} at ${this.at}: ${pattern.source}`);
  }
}

/** `resourceId([subscription], [group], type, name…)` */
function resourceId(texts: readonly string[], subscription: string, group: string | undefined): string {
  const at = texts.findIndex((text) => text.includes("/"));
  const before = texts.slice(0, at);
  const [namespace = "", ...types] = (texts[at] ?? "").split("/");
  const names = texts.slice(at + 1);
  if (names.length !== types.length) throw new Error(`resourceId has ${names.length} names for ${texts[at]}`);
  const inGroup = before.at(-1) ?? group;
  if (inGroup === undefined)
    throw new Error(`resourceId(${texts.join()}) without a group in a subscription's template`);
  const path = types.flatMap((type, n) => [type, names[n] ?? ""]).join("/");
  return `/subscriptions/${before.length === 2 ? before[0] : subscription}/resourceGroups/${inGroup}/providers/${namespace}/${path}`;
}

/** An error, unless nobody uses it. */
class Missing {
  constructor(readonly message: string) {}
}

function field(value: unknown, name: string): unknown {
  if (value instanceof Missing) return value;
  const found = (value as Record<string, unknown> | undefined)?.[name];
  return found ?? new Missing(`there is no "${name}" in ${JSON.stringify(value)}`);
}

function known(values: Readonly<Record<string, unknown>>, name: string, what: string): unknown {
  if (!(name in values)) throw new Error(`the ${what} "${name}" is not declared`);
  return values[name];
}

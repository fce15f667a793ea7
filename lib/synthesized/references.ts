import { type TerraformDocument } from "./terraform-document.js";
import { type TerraformResource, isObject } from "./terraform-json.js";

/** `${azurerm_public_ip.main.id}` taken apart. */
export interface Reference {
  readonly resource: TerraformResource;
  readonly attribute: string;
}

/** Looks up what `${…}` in a document stands for, as far as the document tells. */
export class References {
  private readonly byAddress: ReadonlyMap<string, TerraformResource>;

  constructor(private readonly document: TerraformDocument) {
    this.byAddress = new Map(document.resources.map((resource) => [resource.address, resource]));
  }

  /**
   * A copy in which every reference to a variable's default, a local, or a literal argument of another resource is
   * replaced by the value, alone or in a longer text. Other references stay as they are.
   */
  substitute(value: unknown, depth = 0): unknown {
    if (typeof value === "string") {
      const target = bareReference(value);
      const found = target === undefined ? this.interpolated(value) : this.literal(target);
      return found === undefined || depth > MAXIMUM_DEPTH ? value : this.substitute(found, depth + 1);
    }
    if (Array.isArray(value)) return value.map((item) => this.substitute(item, depth));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.substitute(item, depth)]));
  }

  /** The resource attributes that an expression such as `${trimsuffix(azurerm_x.y.endpoint, "/")}` mentions. */
  mentionedIn(expression: string): Reference[] {
    return targetsIn(expression)
      .flatMap((target) => this.instances(target))
      .map((target) => this.split(target))
      .filter((reference) => reference !== undefined);
  }

  /** Whether an expression is written as nothing but one attribute. Of a plan, that cannot be told. */
  isBare(expression: string): boolean {
    return !this.document.isPlan && bareReference(expression) !== undefined;
  }

  /** What an expression mentions of a resource that the file does not have; undefined if it has all. */
  undeclaredIn(expression: string): string | undefined {
    const blocks = new Set([...this.byAddress.keys()].map((address) => address.replace(/\[[^\]]*\]$/, "")));
    return targetsIn(expression)
      .map((target) => /^(?:data\.)?[a-z]+_\w+\.[\w-]+/.exec(target)?.[0])
      .find((address) => address !== undefined && !blocks.has(address));
  }

  /** A longer text with the values of its references; undefined if there is nothing to replace. */
  private interpolated(text: string): string | undefined {
    const filled = text.replaceAll(/\$\{\s*([^\s${}()]+)\s*\}/g, (written, target: string) => {
      const value = this.literal(target);
      return ["string", "number", "boolean"].includes(typeof value) ? String(value) : written;
    });
    return filled === text ? undefined : filled;
  }

  /** `a.b[*].c` means each instance of a.b. */
  private instances(target: string): string[] {
    const [, before, after] = /^(.+)\[\*\](\..+)$/.exec(target) ?? [];
    if (before === undefined || after === undefined) return [target];
    const addresses = [...this.byAddress.keys()].filter((address) => address.startsWith(`${before}[`));
    return addresses.map((address) => `${address}${after}`);
  }

  private literal(target: string): unknown {
    if (this.document.values.has(target)) return this.document.values.get(target);
    const reference = this.split(target);
    if (reference === undefined || COMPUTED.includes(reference.attribute)) return undefined;
    return reference.resource.body[reference.attribute];
  }

  private split(target: string): Reference | undefined {
    const dot = target.lastIndexOf(".");
    const resource = this.byAddress.get(target.slice(0, dot));
    return resource === undefined ? undefined : { resource, attribute: target.slice(dot + 1) };
  }
}

/** `a.b.c` of a string that is nothing but `${a.b.c}`. */
export function bareReference(value: string): string | undefined {
  return /^\$\{\s*([^\s${}()]+)\s*\}$/.exec(value)?.[1];
}

/** Each `a.b.c` in the code of an expression, but not in its texts. */
function targetsIn(expression: string): string[] {
  return [...expression.matchAll(/\$\{([^}]*)\}/g)]
    .map(([, code = ""]) => code.replace(/"[^"]*"(?!\])/g, ""))
    .flatMap((code) => code.match(/[\w-]+(?:\[[^\]]*\])?(?:\.[\w-]+(?:\[[^\]]*\])?)+/g) ?? []);
}

/** Does the string still hold something that only Terraform can compute? */
export function isUnresolved(value: unknown): boolean {
  return typeof value === "string" && value.includes("${");
}

/** What a reader can do about a reference that cannot be resolved. */
export const WHAT_IS_RESOLVED =
  "references to a variable's default, to a local, and to an argument written in the same file can be read; " +
  "otherwise write the value, or give a plan in which it is known (`terraform show -json <plan>`)";

/** Azure gives them: as references they say which resource is meant, which a plan's value would hide. */
const COMPUTED = ["id", "endpoint"];

/** Locals may refer to locals; Terraform rejects cycles, this merely ends. */
const MAXIMUM_DEPTH = 20;

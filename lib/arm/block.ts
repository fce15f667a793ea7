import { type JsonObject, SynthesizedError, isObject, objects } from "../synthesized/index.js";
import { type Expression, type Text, type Value, isExpression } from "./expression.js";

/** What reads the values of a block: it knows what the references in them stand for. */
export interface ValueReader {
  /** @throws SynthesizedError for an expression that a template cannot hold. */
  read(value: unknown, where: string): Value;
}

/**
 * A block of Terraform JSON, read argument by argument. What nobody has read is an error at the end, so that no argument is
 * dropped in silence. As in the provider, null and an empty text are the same as no argument.
 */
export class Block {
  private readonly seen = new Set<string>();
  private readonly children: Block[] = [];

  constructor(
    private readonly body: JsonObject,
    readonly where: string,
    private readonly values: ValueReader,
  ) {}

  /** @throws SynthesizedError if it is missing. */
  text(key: string): Text {
    const text = this.optionalText(key);
    if (text === undefined) throw this.problem(key, "is missing");
    return text;
  }

  optionalText(key: string): Text | undefined {
    const value = this.value(key);
    if (value === undefined || value === "") return undefined;
    if (typeof value === "string" || isExpression(value)) return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw this.problem(key, `expected a text, got ${JSON.stringify(value)}`);
  }

  /** @throws SynthesizedError if it is missing. */
  number(key: string, otherwise?: number): number | Expression {
    const number = this.optionalNumber(key) ?? otherwise;
    if (number === undefined) throw this.problem(key, "is missing");
    return number;
  }

  optionalNumber(key: string): number | Expression | undefined {
    const value = this.value(key);
    if (value === undefined || isExpression(value)) return value;
    if (typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value))) return Number(value);
    throw this.problem(key, `expected a number, got ${JSON.stringify(value)}`);
  }

  flag(key: string, otherwise: boolean): boolean | Expression {
    return this.optionalFlag(key) ?? otherwise;
  }

  /** @throws SynthesizedError for a flag that is known only in the deployment. */
  knownFlag(key: string, otherwise: boolean): boolean {
    const flag = this.flag(key, otherwise);
    if (isExpression(flag)) throw this.problem(key, "has to be true or false, written in the file");
    return flag;
  }

  optionalFlag(key: string): boolean | Expression | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === "boolean" || isExpression(value)) return value;
    if (value === "true" || value === "false") return value === "true";
    throw this.problem(key, `expected true or false, got ${JSON.stringify(value)}`);
  }

  /** A list of texts, empty if it is not given, or what becomes one. */
  texts(key: string): readonly Text[] | Expression {
    const value = this.value(key) ?? [];
    if (isExpression(value)) return value;
    if (Array.isArray(value)) return value.map((item) => (isExpression(item) ? item : String(item)));
    throw this.problem(key, `expected a list, got ${JSON.stringify(value)}`);
  }

  /** A list whose items are written in the file. @throws SynthesizedError for one that is known only in the deployment. */
  items(key: string): readonly Text[] {
    const texts = this.texts(key);
    if (isExpression(texts)) throw this.problem(key, "has to be a list that is written in the file");
    return texts;
  }

  /** As {@link texts}; undefined if there are none. */
  optionalTexts(key: string): readonly Text[] | Expression | undefined {
    const texts = this.texts(key);
    return isExpression(texts) || texts.length > 0 ? texts : undefined;
  }

  /** A text as it is written, with its references. */
  literal(key: string): string | undefined {
    this.seen.add(key);
    const raw = this.body[key];
    return typeof raw === "string" && raw !== "" ? raw : undefined;
  }

  /** Blocks of one name; Terraform JSON writes a single one without a list. */
  blocks(key: string): Block[] {
    this.seen.add(key);
    const value = this.body[key];
    const bodies = objects(value);
    if (bodies.length === 0 && !(value === undefined || value === null || Array.isArray(value))) {
      throw this.problem(key, `expected a block or a list of blocks, got ${JSON.stringify(value)}`);
    }
    const isList = Array.isArray(value);
    const blocks = bodies.map(
      (body, at) => new Block(body, `${this.where}.${key}${isList ? `[${at}]` : ""}`, this.values),
    );
    this.children.push(...blocks);
    return blocks;
  }

  /** The one block of a name. @throws SynthesizedError if there are several. */
  block(key: string): Block | undefined {
    const [block, ...more] = this.blocks(key);
    if (more.length > 0) throw this.problem(key, "expected one block, got several");
    return block;
  }

  /** A map, such as tags. */
  map(key: string): Value {
    const value = this.value(key) ?? {};
    if (isObject(value)) return value as Value;
    throw this.problem(key, `expected a map, got ${JSON.stringify(value)}`);
  }

  /** Arguments that only Terraform needs. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.seen.add(key);
  }

  /** @throws SynthesizedError naming what was not read, in this block or in one of its blocks. */
  finish(): void {
    const given = Object.entries(this.body).filter(
      ([, value]) => !(value === null || value === "" || (Array.isArray(value) && value.length === 0)),
    );
    const unread = given.map(([key]) => key).filter((key) => !this.seen.has(key));
    if (unread.length > 0) {
      throw new SynthesizedError(
        `${this.where}.${unread.join(", ")}`,
        "cannot be rendered as an ARM template; leave it out, or deploy this stack with Terraform",
      );
    }
    for (const child of this.children) child.finish();
  }

  problem(key: string, what: string): SynthesizedError {
    return new SynthesizedError(`${this.where}.${key}`, what);
  }

  private value(key: string): Value {
    this.seen.add(key);
    const raw = this.body[key];
    return raw === undefined || raw === null ? undefined : this.values.read(raw, `${this.where}.${key}`);
  }
}

import { DefaultTokenResolver, type IResolvable, StringConcat, TerraformStack, Token, Tokenization } from "cdktf";
import { type IConstruct } from "constructs";
import { createHash } from "node:crypto";
import { type AttributeReference, parseAttributeReference } from "../rules/attribute.js";

type ResolveToken = DefaultTokenResolver["resolveToken"];

/** Resolves each reference as its own stack writes it, whichever stack asks, and notes the stacks. */
class OriginResolver extends DefaultTokenResolver {
  readonly stacks = new Set<TerraformStack>();

  constructor() {
    super(new StringConcat());
  }

  override resolveToken(...[token, context, postProcessor]: Parameters<ResolveToken>): ReturnType<ResolveToken> {
    const origin = originOf(token);
    if (!origin) return super.resolveToken(token, context, postProcessor);
    this.stacks.add(origin);
    return super.resolveToken(token, { ...context, scope: origin }, postProcessor);
  }
}

/** CDKTF keeps the stack of a reference to itself. */
function originOf(token: IResolvable): TerraformStack | undefined {
  const origin: unknown = Reflect.get(token, "originStack");
  return TerraformStack.isStack(origin) ? origin : undefined;
}

/** What a value with tokens in it will be read from. */
interface Expression {
  /** As Terraform writes it: `${azurerm_subnet.gateway.id}`. */
  readonly text: string;
  readonly stacks: readonly TerraformStack[];
}

function expressionOf(scope: IConstruct, value: unknown): Expression {
  const resolver = new OriginResolver();
  const text: unknown = Tokenization.resolve(value, { scope, resolver, preparing: false });
  return { text: typeof text === "string" ? text : JSON.stringify(text ?? ""), stacks: [...resolver.stacks] };
}

/**
 * Tells whether two texts will be one at apply, as far as that is known: the text itself, which Azure compares without
 * regard to case, or the expression that it is read from. An attribute is another token each time that it is asked for.
 */
export function valueKey(scope: IConstruct, value: string): string {
  if (!Token.isUnresolved(value)) return value.toLowerCase();
  const { text, stacks } = expressionOf(scope, value);
  return text.includes("${") ? [...stacks.map(({ node }) => node.path).sort(), text].join(" ") : text.toLowerCase();
}

/** The attribute of a resource that a token stands for. */
export function attributeReference(scope: IConstruct, value: unknown): AttributeReference | undefined {
  return Token.isUnresolved(value) ? parseAttributeReference(expressionOf(scope, value).text) : undefined;
}

/** The stacks that a value refers to. */
export function stacksOf(scope: IConstruct, value: unknown): readonly TerraformStack[] {
  return Token.isUnresolved(value) ? expressionOf(scope, value).stacks : [];
}

/** What an element is written as, with every reference resolved. */
export function resolvedText(scope: IConstruct, value: unknown): string {
  return expressionOf(scope, value).text;
}

/** A part of a construct id that says which resource is meant, whoever names it and in whatever case. */
export function idPart(scope: IConstruct, value: string): string {
  const key = valueKey(scope, value);
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 8);
  if (!Token.isUnresolved(value)) return key.startsWith("/") ? `${key.split("/").at(-1)}-${hash}` : key;
  const reference = attributeReference(scope, value);
  return reference ? `${reference.name}-${hash}` : hash;
}

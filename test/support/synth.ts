import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { AnnotationMetadataEntryType, App, TerraformStack, Testing } from "cdktf";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Block = Readonly<Record<string, unknown>>;

/** Where apps would write to; `Synthesized` reads what they resolve to, so that nothing is written. */
export const outdir = join(tmpdir(), "aoai-kiss-lb-test");

/** What a stack synthesizes to, with the means to ask for parts of it. */
export class Synthesized {
  /** Synthesizes with validations on: an invalid stack throws. */
  static of(stack: TerraformStack): Synthesized {
    return new Synthesized(JSON.parse(Testing.synth(stack, true)) as Record<string, Block>, stack);
  }

  private constructor(
    readonly json: Readonly<Record<string, Block>>,
    private readonly stack: TerraformStack,
  ) {}

  /** The warnings, in the order of the tree. */
  get warnings(): string[] {
    return this.stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === AnnotationMetadataEntryType.WARN)
      .map(({ data }) => String(data));
  }

  /** Every resource of a type. */
  all(type: string): Block[] {
    return Object.values((this.json["resource"]?.[type] ?? {}) as Record<string, Block>);
  }

  /** The one resource of a type. */
  one(type: string): Block {
    const found = this.all(type);
    if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`);
    return found[0] as Block;
  }

  get gateway(): Block {
    return this.one("azurerm_application_gateway");
  }

  /** Terraform addresses of the resources of a type. */
  addresses(type: string): string[] {
    return Object.keys((this.json["resource"]?.[type] ?? {}) as Block).map((id) => `${type}.${id}`);
  }
}

/** A stack with what every stack needs: somebody else's, for the constructs. */
export function makeStack(id = "stack", app = new App({ outdir, stackTraces: false })): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AzurermProvider(stack, "Azurerm", { features: [{}] });
  return stack;
}

/** Stacks of one app. */
export function makeStacks<T extends readonly string[]>(...ids: T): { readonly [K in keyof T]: TerraformStack } {
  const app = new App({ outdir, stackTraces: false });
  return ids.map((id) => makeStack(id, app)) as { readonly [K in keyof T]: TerraformStack };
}

/** Synthesizes the stacks of an app, in their order, as the app does: references across stacks first. */
export function synthAll(stacks: readonly TerraformStack[]): Synthesized[] {
  for (const stack of stacks) stack.prepareStack();
  return stacks.map((stack) => Synthesized.of(stack));
}

/** Synthesizes constructs in a stack of their own. */
export function synth(build: (stack: TerraformStack) => void): Synthesized {
  const stack = makeStack();
  build(stack);
  return Synthesized.of(stack);
}

/** The list of blocks under a key. */
export function blocks(parent: Block, key: string): Block[] {
  const value = parent[key];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]) as Block[];
}

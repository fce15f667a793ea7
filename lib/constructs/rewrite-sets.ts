import { type ApplicationGatewayRewriteRuleSet } from "@cdktf/provider-azurerm/lib/application-gateway";

/** What is changed about responses. Rules that set the same headers share one set. */
export class RewriteSets {
  private readonly sets = new Map<string, { readonly name: string; readonly headers: Headers }>();

  /** The name of the set that sets these headers, which is called `name` or alike if it is new; none without headers. */
  nameOf(name: string, headers: Headers = {}): string | undefined {
    if (Object.keys(headers).length === 0) return undefined;
    const key = JSON.stringify(headers);
    const isTaken = [...this.sets.values()].some((set) => set.name === name);
    const known = this.sets.get(key) ?? { name: isTaken ? `${name}-${this.sets.size}` : name, headers };
    this.sets.set(key, known);
    return known.name;
  }

  /** The gateway's blocks. */
  _render(): ApplicationGatewayRewriteRuleSet[] {
    return [...this.sets.values()].map(({ name, headers }) => ({
      name,
      rewriteRule: [
        {
          name: RULE_NAME,
          ruleSequence: RULE_SEQUENCE,
          responseHeaderConfiguration: Object.entries(headers).map(([headerName, headerValue]) => ({
            headerName,
            headerValue,
          })),
        },
      ],
    }));
  }
}

type Headers = Readonly<Record<string, string>>;

const RULE_NAME = "response-headers";
const RULE_SEQUENCE = 100;

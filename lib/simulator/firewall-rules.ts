import { BlockList, isIP } from "node:net";
import { addToList } from "../synthesized/firewall.js";
import {
  type AddressCondition,
  type Firewall,
  type FirewallRateLimit,
  type FirewallRule,
} from "../synthesized/gateway-model.js";

/** What a firewall's custom rules say of a request. */
export type FirewallVerdict = "pass" | "allow" | "block";

export interface FirewallRulesOptions {
  /** The address that all clients have on Azure; none where it is not known. */
  readonly clientAddress: string | undefined;
  readonly timeScale: number;
  /** Milliseconds on any clock that does not go back. */
  readonly now?: () => number;
}

/** Evaluates custom rules by the client's address, and counts for those that limit rates. */
export class FirewallRules {
  private readonly lists = new WeakMap<AddressCondition, BlockList>();
  /** When requests were let through, by the rule and the client. */
  private readonly passed = new WeakMap<FirewallRule, Map<string, number[]>>();

  constructor(private readonly options: FirewallRulesOptions) {}

  /** Rules run in their order; the first that blocks or allows decides. */
  judge({ mode, rules }: Firewall, localAddress: string): FirewallVerdict {
    for (const rule of rules) {
      const { action } = rule;
      if (action === "Log" || !this.matches(rule, localAddress)) continue;
      if (action === "Allow") return "allow";
      if (mode === "Prevention") return "block";
    }
    return "pass";
  }

  private matches(rule: FirewallRule, localAddress: string): boolean {
    const { clientAddress } = this.options;
    // A list of addresses on Azure says nothing about local ones.
    if (clientAddress === undefined && rule.rateLimit === undefined) return false;
    const address = clientAddress ?? localAddress;
    const holds = rule.conditions.every((condition) => this.contains(condition, address) !== condition.negate);
    return holds && (rule.rateLimit === undefined || this.isExceeded(rule, rule.rateLimit, address));
  }

  private contains(condition: AddressCondition, address: string): boolean {
    const list = this.lists.get(condition) ?? new BlockList();
    if (!this.lists.has(condition)) for (const range of condition.ranges) addToList(list, range);
    this.lists.set(condition, list);
    return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  }

  /** Counts the request, unless as many as may be were let through in the window that ends now. */
  private isExceeded(rule: FirewallRule, { requests, window, perClient }: FirewallRateLimit, address: string): boolean {
    const counts = this.passed.get(rule) ?? new Map<string, number[]>();
    this.passed.set(rule, counts);
    const key = perClient ? address : "";
    const times = counts.get(key) ?? [];
    counts.set(key, times);
    const now = this.options.now?.() ?? performance.now();
    const start = now - window.toMilliseconds() / this.options.timeScale;
    while ((times[0] ?? Infinity) <= start) times.shift();
    if (times.length >= requests) return true;
    times.push(now);
    return false;
  }
}

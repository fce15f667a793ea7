import { TerraformStack, Token } from "cdktf";
import { type QuotaUse, sharedQuotaWarnings } from "../rules/quota.js";
import { type OpenAiAccount } from "./openai-account.js";
import { warnAtSynth } from "./warning.js";

/**
 * Warns when an account's deployments share a quota with those of other accounts of its stack, whichever gateways they are
 * behind. Another stack may have another subscription.
 */
export function warnOfSharedQuota(account: OpenAiAccount): void {
  const stack = TerraformStack.of(account);
  const known = accountsOf.get(stack);
  if (known) {
    known.push(account);
    return;
  }
  const accounts = [account];
  accountsOf.set(stack, accounts);
  warnAtSynth(stack, () => bySubscription(accounts).flatMap((group) => sharedQuotaWarnings(group.flatMap(quotaUses))));
}

/** The accounts that each stack creates. */
const accountsOf = new WeakMap<TerraformStack, OpenAiAccount[]>();

/** A provider is of one subscription; the stack's own is of another one than those that accounts are given. */
function bySubscription(accounts: readonly OpenAiAccount[]): OpenAiAccount[][] {
  const groups = new Map<unknown, OpenAiAccount[]>();
  for (const account of accounts) {
    const group = groups.get(account.provider) ?? [];
    groups.set(account.provider, [...group, account]);
  }
  return [...groups.values()];
}

function quotaUses({ fqdn, location, deployments }: OpenAiAccount): QuotaUse[] {
  return deployments.map(({ model, version, sku, capacityUnits }) => ({
    fqdn,
    location: known(location),
    model,
    version,
    sku,
    capacityUnits: known(capacityUnits),
  }));
}

function known<T>(value: T): T | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}

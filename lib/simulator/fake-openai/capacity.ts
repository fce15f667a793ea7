import { SimulatorOptionError } from "../simulator-option-error.js";

/** The limits of a deployment, which one number sets on Azure. */
export interface CapacityLimits {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
}

/**
 * What a unit of capacity is worth, where it is not {@link USUAL_UNIT}. The first pattern that matches a model's name decides.
 *
 * @see https://learn.microsoft.com/azure/foundry/openai/how-to/quota for the older models and the o-series
 * @see https://learn.microsoft.com/azure/foundry/openai/quotas-limits: the ratios of the quotas of tier 1, for the others
 */
const UNITS: readonly (readonly [RegExp, CapacityLimits])[] = [
  [/^o1(-preview)?$/i, { requestsPerMinute: 1, tokensPerMinute: 6_000 }],
  [/^(o1-mini|o3-mini|o3-pro)$/i, { requestsPerMinute: 1, tokensPerMinute: 10_000 }],
  [/^(gpt-4o-mini|gpt-5(\.[124])?)$/i, { requestsPerMinute: 10, tokensPerMinute: 1_000 }],
  [/^gpt-(3|4(?!\.\d))/i, { requestsPerMinute: 6, tokensPerMinute: 1_000 }],
];
const USUAL_UNIT: CapacityLimits = { requestsPerMinute: 1, tokensPerMinute: 1_000 };

/** @throws SimulatorOptionError */
export function limitsOfCapacity(model: string, units: number): CapacityLimits {
  if (!(units > 0)) {
    throw new SimulatorOptionError(`capacityUnits is more than 0; got ${units}: leave it out for no limit`);
  }
  const unit = UNITS.find(([pattern]) => pattern.test(model))?.[1] ?? USUAL_UNIT;
  return {
    requestsPerMinute: units * unit.requestsPerMinute,
    tokensPerMinute: units * unit.tokensPerMinute,
  };
}

import { createLoadBalancedFetch, Duration, type LoadBalancedFetchOptions, type Strategy } from "aoai-kiss-lb/client";
import { PLACEHOLDER, plainCaller } from "../client/callers.js";
import { type Client, PATIENCE_MILLISECONDS, remembered } from "./contender.js";
import { throughput } from "./scenario.js";
import { promptOf } from "./world.js";

/** The strategies beside the default. */
const STRATEGIES: readonly Strategy[] = ["weighted", "random", "round-robin"];
const WAITING = { whenExhausted: "wait", deadline: Duration.milliseconds(PATIENCE_MILLISECONDS) } as const;

export const OURS = ours("ours", {});
export const OURS_WAITING = ours("ours, waiting", WAITING);
/** To compare the default with: that it needs no choice. */
export const BY_STRATEGY: readonly Client[] = STRATEGIES.map((strategy) => ours(strategy, { strategy }));
export const BY_STRATEGY_WAITING: readonly Client[] = STRATEGIES.map((strategy) =>
  ours(strategy, { strategy, ...WAITING }),
);

/** The balanced `fetch`, one in each process. */
function ours(name: string, options: Partial<LoadBalancedFetchOptions>): Client {
  return {
    name,
    waits: options.whenExhausted === "wait",
    learns: true,
    create({ scenario, urls, fetch, random }) {
      const { quotas, meanTokens, priorities } = scenario;
      const endpoints = urls.map((url, index) => ({
        url,
        apiKey: "key",
        ...(priorities && { priority: priorities[index] }),
        // The only one that is told quotas.
        ...(options.strategy === "weighted" && { weight: quotas.map((quota) => throughput(quota, meanTokens))[index] }),
      }));
      const callerOf = remembered((process) => {
        const balanced = createLoadBalancedFetch({ ...options, endpoints, fetch, random: random(process) });
        return plainCaller(PLACEHOLDER, balanced);
      });
      return (arrival) => callerOf(arrival.process)({ prompt: promptOf(arrival), maxTokens: arrival.maxTokens });
    },
  };
}

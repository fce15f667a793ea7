import { Duration, type LoadBalancedFetchOptions } from "../../lib/client/index.js";
import { Fault } from "../../lib/simulator/index.js";
import { AGENT_LOOPS, LANG_CHAIN_STREAMED } from "../support/agent-loops.js";
import { agentAccounts, perRequest, REPLY, STORAGES } from "../support/agents.js";

const conversations = AGENT_LOOPS.flatMap(([name, loop]) =>
  STORAGES.filter(([, { store }]) => loop !== LANG_CHAIN_STREAMED || store === undefined).map(
    ([how, storage]) => [`${name}, ${how}`, loop, storage] as const,
  ),
);

/** Three accounts, of which the one that gives the first answer is then throttled. */
async function throttledBetweenTurns(restart: boolean, fault: { retryAfter: Duration; times: number }, waits = false) {
  const { balancer, holder, outcomes } = await agentAccounts(3);
  const options: Partial<LoadBalancedFetchOptions> = waits
    ? { whenExhausted: "wait", deadline: Duration.minutes(1) }
    : {};
  const first = balancer(options);
  const second = restart ? balancer(options) : first;
  const fetch = perRequest((earlier) => {
    if (earlier === 1) holder().inject(Fault.throttle(fault.retryAfter), { times: fault.times });
    return earlier === 0 ? first : second;
  });
  return { fetch, outcomes };
}

describe.each(conversations)("%s: the holder is throttled between the turns", (_, loop, storage) => {
  describe.each([
    ["known", false],
    ["to be looked for after a restart", true],
  ])("and is %s", (_name, restart) => {
    test("the caller gets a 429", async () => {
      const { fetch } = await throttledBetweenTurns(restart, { retryAfter: Duration.minutes(1), times: 10 });
      const failure = await loop("https://balanced.invalid", fetch, storage).catch((error: unknown) => error);
      expect(statusOf(failure)).toBe(429);
    });

    test("the call waits where it may", async () => {
      const fault = { retryAfter: Duration.milliseconds(60), times: 1 };
      const { fetch, outcomes } = await throttledBetweenTurns(restart, fault, true);
      expect(await loop("https://balanced.invalid", fetch, storage)).toBe(REPLY);
      expect(outcomes()).toMatchObject({ throttled: 1 });
    });
  });
});

/** As each SDK tells it. */
function statusOf(error: unknown): unknown {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
  return status ?? statusCode ?? error;
}

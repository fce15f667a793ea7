import { Duration } from "../../lib/client/index.js";
import { Fault } from "../../lib/simulator/index.js";
import { AGENT_SDKS } from "../support/agent-loops.js";
import { agentAccounts, CONVERSATIONS, manyConversations, perRequest, REPLY } from "../support/agents.js";

describe.each(AGENT_SDKS)(
  `${CONVERSATIONS} conversations of %s, each request by a balancer that knows nothing`,
  (_, loops) => {
    test.each([
      [2, 0],
      [5, 1],
    ])("over %d accounts, %d of them throttled", async (count, throttled) => {
      const { accounts, balancer, events, outcomes } = await agentAccounts(count);
      if (throttled > 0) accounts[0]?.inject(Fault.throttle(Duration.minutes(1)));
      expect(await manyConversations(loops, () => perRequest(() => balancer()))).toEqual({ [REPLY]: CONVERSATIONS });
      expect(outcomes()["not-held"]).toBeGreaterThan(0);
      const attempts = events.map((event) => (event.type === "attempt" ? event.attempt : 0));
      expect(Math.max(...attempts)).toBeLessThanOrEqual(count);
    });
  },
);

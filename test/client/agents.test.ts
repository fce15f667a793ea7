import { Duration } from "../../lib/client/index.js";
import { Fault } from "../../lib/simulator/index.js";
import { AGENT_SDKS } from "../support/agent-loops.js";
import { agentAccounts, CONVERSATIONS, manyConversations, REPLY } from "../support/agents.js";

describe.each(AGENT_SDKS)(`${CONVERSATIONS} conversations of %s`, (_, loops) => {
  test("over two accounts: each stays where it began", async () => {
    const { accounts, balancer, outcomes } = await agentAccounts(2);
    const fetch = balancer();
    expect(await manyConversations(loops, () => fetch)).toEqual({ [REPLY]: CONVERSATIONS });
    expect(Object.keys(outcomes())).toEqual(["answered"]);
    expect(accounts.map(({ requestCount }) => requestCount > 0)).toEqual([true, true]);
  });

  test.each([2, 5])("over %d accounts, one of them throttled", async (count) => {
    const { accounts, balancer, outcomes } = await agentAccounts(count);
    accounts[0]?.inject(Fault.throttle(Duration.minutes(1)));
    const fetch = balancer({ strategy: "round-robin" });
    expect(await manyConversations(loops, () => fetch)).toEqual({ [REPLY]: CONVERSATIONS });
    expect(Object.keys(outcomes()).sort()).toEqual(["answered", "throttled"]);
  });
});

import { createAzure } from "@ai-sdk/azure";
import { generateText } from "ai";
import OpenAI from "openai";
import { Duration, type LoadBalancedFetch, type LoadBalancedFetchOptions } from "../../lib/client/index.js";
import { Fault } from "../../lib/simulator/index.js";
import { AGENT_MODEL, agentAccounts } from "../support/agents.js";

/** Not a multiple of three, so that taking turns does not pass for affinity. */
const KEYS = Array.from({ length: 61 }, (_, index) => `session-${index}`);
const MESSAGES = [{ role: "user", content: "?" }];
const RESPONSES = "https://balanced.invalid/openai/v1/responses";
const CHAT = "https://balanced.invalid/openai/v1/chat/completions";

/** Three accounts, and balancers over them on a clock that tests move. */
async function accounts() {
  const three = await agentAccounts(3);
  const clock = { now: 0 };
  const balancer = (more: Partial<LoadBalancedFetchOptions> = {}) =>
    three.balancer({ strategy: "round-robin", now: () => clock.now, ...more });
  /** @returns the name of the account that has answered. */
  const ask = async (fetch: LoadBalancedFetch, fields: object, init: RequestInit & { url?: string } = {}) => {
    const body = JSON.stringify({ model: AGENT_MODEL, input: "?", messages: MESSAGES, ...fields });
    const response = await fetch(init.url ?? RESPONSES, { method: "POST", body, ...init });
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
    return three.lastEndpoint();
  };
  const askEach = async (fetch: LoadBalancedFetch, init?: RequestInit & { url?: string }) => {
    const names: string[] = [];
    for (const key of KEYS) names.push(await ask(fetch, { prompt_cache_key: key }, init));
    return names;
  };
  return { ...three, clock, balancer, ask, askEach };
}

describe("requests with the same prompt_cache_key", () => {
  test.each([RESPONSES, CHAT])("go to the same account, and those with others are spread: %s", async (url) => {
    const { balancer, askEach, endpoints } = await accounts();
    const fetch = balancer();
    const names = await askEach(fetch, { url });
    expect(await askEach(fetch, { url })).toEqual(names);
    expect(new Set(names)).toEqual(new Set(endpoints.map(({ name }) => name)));
  });

  test("go to the same account by every balancer, whatever the order of its endpoints", async () => {
    const { balancer, askEach, endpoints } = await accounts();
    const names = await askEach(balancer());
    const renamed = endpoints.toReversed().map((endpoint) => ({ ...endpoint, apiKey: "another" }));
    expect(await askEach(balancer({ endpoints: renamed, strategy: "random" }))).toEqual(names);
  });

  test("move only while their account cools down, and come back", async () => {
    const { balancer, askEach, accounts: servers, clock } = await accounts();
    const fetch = balancer();
    const before = await askEach(fetch);
    servers[1]?.inject(Fault.throttle(Duration.seconds(5)));
    const during = await askEach(fetch);
    expect(during).not.toContain("account-1");
    expect(new Set(during.filter((_, index) => before[index] === "account-1"))).toEqual(
      new Set(["account-0", "account-2"]),
    );
    expect(during.map((name, index) => (before[index] === "account-1" ? "account-1" : name))).toEqual(before);
    servers[1]?.heal();
    clock.now += 4_999;
    expect(await askEach(fetch)).toEqual(during);
    clock.now += 1;
    expect(await askEach(fetch)).toEqual(before);
  });

  test("go to the account that holds what they refer to, wherever the key would send them", async () => {
    const { balancer, ask, askEach } = await accounts();
    const fetch = balancer();
    const names = await askEach(fetch);
    const key = KEYS[names.indexOf("account-1")];
    const other = KEYS[names.indexOf("account-2")];
    const first = await fetch(RESPONSES, {
      method: "POST",
      body: JSON.stringify({ model: AGENT_MODEL, input: "?", prompt_cache_key: key }),
    });
    const { id } = (await first.json()) as { id: string };
    expect(await ask(fetch, { prompt_cache_key: other, previous_response_id: id })).toBe("account-1");
    expect(await ask(fetch, { prompt_cache_key: other })).toBe("account-2");
  });

  test("are those of an SDK too", async () => {
    const { balancer, events, askEach } = await accounts();
    const fetch = balancer();
    const [name] = await askEach(fetch);
    events.splice(0);
    const [key = ""] = KEYS;
    const options = { baseURL: "https://balanced.invalid/openai/v1", apiKey: "key", fetch };
    const azure = createAzure(options);
    for (let n = 0; n < 5; n++) {
      await new OpenAI(options).responses.create({ model: AGENT_MODEL, input: "?", prompt_cache_key: key });
      await generateText({
        model: azure.responses(AGENT_MODEL),
        prompt: "?",
        providerOptions: { azure: { promptCacheKey: key }, openai: { promptCacheKey: key } },
      });
    }
    expect(events.map((event) => event.type === "attempt" && event.endpoint)).toEqual(Array(10).fill(name));
  });
});

describe("the option affinityKey", () => {
  const affinityKey: LoadBalancedFetchOptions["affinityKey"] = ({ headers, operation }) =>
    operation === "responses" ? headers["x-session"] : undefined;
  const session = (key: string) => ({ headers: { "X-Session": key } });

  test("keeps the requests of a session together, where a prompt_cache_key would", async () => {
    const { balancer, ask, askEach } = await accounts();
    const fetch = balancer({ affinityKey });
    const names = await askEach(fetch);
    for (const [index, key] of KEYS.entries()) expect(await ask(fetch, {}, session(key))).toBe(names[index]);
  });

  test("gives way to a prompt_cache_key, and leaves alone what it gives no key for", async () => {
    const { balancer, ask, askEach } = await accounts();
    const fetch = balancer({ affinityKey });
    const [name] = await askEach(fetch);
    const [key = ""] = KEYS;
    for (const other of KEYS) expect(await ask(fetch, { prompt_cache_key: key }, session(other))).toBe(name);
    const chats = [];
    for (let n = 0; n < 3; n++) chats.push(await ask(fetch, {}, { url: CHAT, ...session(key) }));
    expect(new Set(chats).size).toBe(3);
  });
});

import OpenAI from "openai";
import { type LoadBalancedFetch } from "../../lib/client/index.js";
import { AGENT_MODEL, agentAccounts, perRequest, STORAGES } from "../support/agents.js";

const client = (fetch: typeof globalThis.fetch) =>
  new OpenAI({ baseURL: "https://balanced.invalid/openai/v1", apiKey: "key", maxRetries: 0, fetch });

type Chat = (fetch: typeof globalThis.fetch, turns: number) => Promise<void>;

/** Gives back everything that was said so far. */
const withHistory =
  (storage: (typeof STORAGES)[number][1]): Chat =>
  async (fetch, turns) => {
    const input: OpenAI.Responses.ResponseInputItem[] = [];
    for (let turn = 0; turn < turns; turn++) {
      input.push({ role: "user", content: `question ${turn}` });
      const { output } = await client(fetch).responses.create({ model: AGENT_MODEL, input, ...storage });
      input.push(...(output as typeof input));
    }
  };

const withPreviousResponse: Chat = async (fetch, turns) => {
  let previous: { previous_response_id?: string } = {};
  for (let turn = 0; turn < turns; turn++) {
    const { id } = await client(fetch).responses.create({ model: AGENT_MODEL, input: `question ${turn}`, ...previous });
    previous = { previous_response_id: id };
  }
};

const withConversation: Chat = async (fetch, turns) => {
  const conversation = await client(fetch).conversations.create();
  for (let turn = 1; turn < turns; turn++) {
    const input = `question ${turn}`;
    await client(fetch).responses.create({ model: AGENT_MODEL, input, conversation: conversation.id });
  }
};

const chats: readonly (readonly [string, Chat])[] = [
  ...STORAGES.map(([name, storage]) => [`its history, ${name}`, withHistory(storage)] as const),
  ["the previous response", withPreviousResponse],
  ["a conversation object", withConversation],
];

describe.each(chats)("a chat that refers to %s", (_, chat) => {
  test("after a restart costs one attempt at most for each endpoint, once", async () => {
    const { balancer, events } = await agentAccounts(5);
    const first = balancer();
    let second: LoadBalancedFetch | undefined;
    await chat(
      perRequest((earlier) => {
        if (earlier === 0) return first;
        if (earlier === 1) events.splice(0);
        return (second ??= balancer());
      }),
      4,
    );
    const attempts = events.flatMap((event) => (event.type === "attempt" ? [event] : []));
    const notHeld = attempts.filter(({ outcome }) => outcome === "not-held").map(({ endpoint }) => endpoint);
    const answered = attempts.filter(({ outcome }) => outcome === "answered").map(({ endpoint }) => endpoint);
    const [holder] = answered;
    expect(answered).toEqual([holder, holder, holder]);
    expect(notHeld).toEqual([...new Set(notHeld)]);
    expect(notHeld).not.toContain(holder);
    expect(attempts).toHaveLength(notHeld.length + answered.length);
  });

  test.each(["coded", "uncoded", "different-resource"] as const)(
    "finds its account by refusals that are %s",
    async (notHeldErrors) => {
      const { balancer, outcomes } = await agentAccounts(4, { notHeldErrors });
      for (let n = 0; n < 10; n++)
        await chat(
          perRequest(() => balancer()),
          3,
        );
      expect(outcomes()).toEqual({ answered: 30, "not-held": expect.any(Number) as number });
    },
  );
});

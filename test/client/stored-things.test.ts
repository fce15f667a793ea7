import OpenAI, { toFile } from "openai";
import { Duration, type LoadBalancedFetchOptions } from "../../lib/client/index.js";
import { Fault } from "../../lib/simulator/index.js";
import { AGENT_MODEL, agentAccounts, perRequest, REPLY } from "../support/agents.js";

/** What an account stores, as callers of an SDK use it. */
const sdk = (fetch: typeof globalThis.fetch) =>
  new OpenAI({ baseURL: "https://balanced.invalid/openai/v1", apiKey: "key", maxRetries: 0, fetch });
const QUESTION = { model: AGENT_MODEL, input: "weather?" };
const user = (content: string) => ({ role: "user" as const, content });

/** Ten of a kind, so that not all of them are with the account that is asked first. */
async function tenTimes(use: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < 10; n++) await use();
}

describe("with one balancer no request is refused", () => {
  let accounts: Awaited<ReturnType<typeof agentAccounts>>;
  beforeEach(async () => void (accounts = await agentAccounts(5)));
  afterEach(() => expect(Object.keys(accounts.outcomes())).toEqual(["answered"]));

  test("a stream that was cancelled midway is continued", async () => {
    const client = sdk(accounts.balancer());
    await tenTimes(async () => {
      const controller = new AbortController();
      const stream = await client.responses.create({ ...QUESTION, stream: true }, { signal: controller.signal });
      let response = "";
      let reasoning = "";
      for await (const event of stream) {
        if (event.type === "response.created") response = event.response.id;
        if (event.type !== "response.output_item.added") continue;
        reasoning = event.item.id ?? "";
        controller.abort();
        break;
      }
      await client.responses.create({ ...QUESTION, previous_response_id: response });
      await client.responses.create({ ...QUESTION, input: [{ type: "item_reference", id: reasoning }, user("why?")] });
    });
  });

  test("an answer that comes in small pieces is given back", async () => {
    for (const account of accounts.accounts) account.inject(Fault.drip(Duration.milliseconds(1)));
    const client = sdk(accounts.balancer());
    const use = async () => {
      const { id, output } = await client.responses.create(QUESTION);
      const input = output.map((item) => ({ type: "item_reference" as const, id: item.id ?? "" }));
      await client.responses.create({ ...QUESTION, previous_response_id: id });
      await client.responses.create({ ...QUESTION, input: [...input, user("why?")] });
    };
    await Promise.all(Array.from({ length: 20 }, use));
  });

  test("reasoning is found in a history of a megabyte", async () => {
    const client = sdk(accounts.balancer());
    await tenTimes(async () => {
      const storage = { store: false, include: ["reasoning.encrypted_content" as const] };
      const { output } = await client.responses.create({ ...QUESTION, ...storage });
      const long = Array.from({ length: 100 }, (_, index) => user(`${index} "`.repeat(2_000)));
      const input = [...long, ...(output as OpenAI.Responses.ResponseInputItem[]), ...long];
      expect((await client.responses.create({ ...QUESTION, ...storage, input })).output_text).toBe(REPLY);
    });
  });

  test("two endpoints of one account share what it holds", async () => {
    const endpoints = accounts.accounts.flatMap(({ name, url }) =>
      ["provisioned", "standard"].map((kind) => ({ name: `${name}, ${kind}`, url, apiKey: "key" })),
    );
    await tenTimes(async () => {
      const fetch = accounts.balancer({ endpoints });
      const { id } = await sdk(fetch).responses.create(QUESTION);
      const first = accounts.lastEndpoint();
      fetch.coolDown(first, { until: new Date(Date.now() + 600_000) });
      await sdk(fetch).responses.create({ ...QUESTION, previous_response_id: id });
      const [account, kind] = first.split(", ");
      expect(accounts.lastEndpoint()).toBe(`${account}, ${kind === "standard" ? "provisioned" : "standard"}`);
    });
  });
});

describe.each([
  ["one balancer", false],
  ["a balancer that knows nothing at each request", true],
])("by %s", (_, restarts) => {
  async function client() {
    const { balancer } = await agentAccounts(5);
    const shared = balancer();
    return sdk(perRequest(() => (restarts ? balancer() : shared)));
  }

  test("a background response is polled, listed, cancelled and deleted", async () => {
    const { responses } = await client();
    await tenTimes(async () => {
      const { id, status } = await responses.create({ ...QUESTION, background: true });
      expect(status).toBe("queued");
      expect((await responses.retrieve(id)).status).toBe("completed");
      expect((await responses.inputItems.list(id)).data).toHaveLength(1);
      expect((await responses.cancel(id)).id).toBe(id);
      await responses.delete(id);
      await expect(responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
    });
  });

  test("a conversation is read, added to, changed and deleted", async () => {
    const { conversations, responses } = await client();
    await tenTimes(async () => {
      const { id } = await conversations.create({ items: [user("hello")] });
      await responses.create({ ...QUESTION, conversation: { id } });
      await conversations.items.create(id, { items: [user("and then?")] });
      const { data } = await conversations.items.list(id);
      const item = await conversations.items.retrieve(data[0]?.id ?? "", { conversation_id: id });
      expect([data.length, item.id]).toEqual([5, data[0]?.id]);
      expect((await conversations.update(id, { metadata: { a: "b" } })).metadata).toEqual({ a: "b" });
      await conversations.delete(id);
    });
  });

  test("a file is read and deleted", async () => {
    const { files } = await client();
    await tenTimes(async () => {
      const { id } = await files.create({ file: await toFile(Buffer.from("hello"), "a.txt"), purpose: "batch" });
      expect((await files.retrieve(id)).id).toBe(id);
      expect(await (await files.content(id)).text()).toBe("hello");
      await files.delete(id);
    });
  });
});

describe("where the holder is no longer an endpoint", () => {
  async function continued(
    fault: Parameters<typeof Fault.status>[0] | undefined,
    options: Partial<LoadBalancedFetchOptions> = {},
  ) {
    const { accounts, endpoints, balancer, events } = await agentAccounts(4);
    const { id } = await sdk(balancer({ endpoints: endpoints.slice(0, 1) })).responses.create(QUESTION);
    if (fault !== undefined)
      accounts[2]?.inject(Fault.status(fault, { headers: { "retry-after-ms": "60" } }), { times: 1 });
    const { responses } = sdk(balancer({ endpoints: endpoints.slice(1), ...options }));
    const error: unknown = await responses.create({ ...QUESTION, previous_response_id: id }).catch((e: unknown) => e);
    return { error, cooldowns: events.filter(({ type }) => type === "cooldown").length };
  }

  test("the caller gets Azure's refusal and nobody cools down", async () => {
    expect(await continued(undefined)).toMatchObject({
      error: { status: 400, code: "previous_response_not_found" },
      cooldowns: 0,
    });
  });

  test.each([429, 500])("the caller gets the %d of one that may hold it", async (status) => {
    expect(await continued(status)).toMatchObject({ error: { status }, cooldowns: 1 });
  });

  test("the call that may wait ends with the refusal of the last one too", async () => {
    const options = { whenExhausted: "wait", deadline: Duration.minutes(1) } as const;
    expect(await continued(429, options)).toMatchObject({ error: { status: 400 }, cooldowns: 1 });
  });
});

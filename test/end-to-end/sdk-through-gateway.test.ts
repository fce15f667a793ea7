import { AzureOpenAI, OpenAI } from "openai";
import {
  createUnsignedToken,
  Fault,
  FakeOpenAiFleet,
  parseGatewayModel,
  SimulatedGateway,
} from "../../lib/simulator/index.js";
import { readJson, synthConfig } from "../support/config.js";

const USER = "aaaaaaaa-0000-0000-0000-000000000009";
const question = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hello" }] };

/** Configuration → synthesized JSON → model → a gateway on this machine, in front of fake accounts. */
async function start(config: Record<string, unknown>) {
  const model = parseGatewayModel(synthConfig({ ...readJson("examples/minimal.json"), ...config }).json);
  const fleet = await FakeOpenAiFleet.create(model.backends);
  const gateway = await SimulatedGateway.create({ model, backends: fleet.urls, instances: 1 });
  return { fleet, gateway, [Symbol.asyncDispose]: () => gateway.destroy().then(() => fleet.close()) };
}

describe("the openai SDK through the gateway", () => {
  test("asks the backends in turn, by either API, streaming or not", async () => {
    await using lab = await start({});
    const { url } = lab.gateway;
    const legacy = new AzureOpenAI({ endpoint: url, apiKey: "any", apiVersion: "2024-10-21", maxRetries: 0 });
    const v1 = new OpenAI({ baseURL: `${url}/openai/v1`, apiKey: "any", maxRetries: 0 });
    for (const client of [legacy, v1]) {
      const { choices } = await client.chat.completions.create(question);
      expect(choices[0]?.message.content).toMatch(/^Hello from my-aoai-/);
      const stream = await client.chat.completions.create({ ...question, stream: true });
      let text = "";
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
      expect(text).toMatch(/^Hello from my-aoai-/);
    }
    expect([...lab.fleet.servers.values()].map(({ requestCount }) => requestCount)).toEqual([2, 2]);
  });

  test("sees the 429 of a throttled backend, which the gateway does not hide", async () => {
    await using lab = await start({});
    lab.fleet.server("my-aoai-westus3.openai.azure.com").inject(Fault.throttle());
    const client = new OpenAI({ baseURL: `${lab.gateway.url}/openai/v1`, apiKey: "any", maxRetries: 0 });
    const outcomes = [];
    for (let n = 0; n < 4; n++) {
      outcomes.push(
        await client.chat.completions.create(question).then(
          () => 200,
          (error: { status: number }) => error.status,
        ),
      );
    }
    expect(outcomes.sort()).toEqual([200, 200, 429, 429]);
  });

  test("without keys: who has the role of the file gets an answer, anybody else a 401", async () => {
    const accountId = (name: string) =>
      `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/${name}`;
    await using lab = await start({
      backends: ["account-a", "account-b"].map((name) => ({
        fqdn: `${name}.openai.azure.com`,
        accountId: accountId(name),
      })),
      access: { clientIdentity: false, principals: [{ id: USER, type: "User" }] },
    });
    const ask = (oid: string) =>
      new OpenAI({
        baseURL: `${lab.gateway.url}/openai/v1`,
        apiKey: createUnsignedToken({ oid }),
        maxRetries: 0,
      }).chat.completions
        .create(question)
        .then(
          () => 200,
          (error: { status: number }) => error.status,
        );
    expect([await ask(USER), await ask(USER)]).toEqual([200, 200]);
    expect(await ask("aaaaaaaa-0000-0000-0000-00000000000a")).toBe(401);
  });
});

import { Duration, FakeOpenAi, Fault } from "aoai-kiss-lb/simulator";
import { AzureOpenAI } from "openai";
import { afterEach, beforeEach, expect, test } from "vitest";
import { summarize } from "./summarize.js";

let server: FakeOpenAi;
let client: AzureOpenAI;

beforeEach(async () => {
  server = await FakeOpenAi.create({ deployments: [{ name: "gpt-5-mini" }], reply: "All is well." });
  client = new AzureOpenAI({ endpoint: server.url, apiKey: "any", apiVersion: "2024-10-21" });
});

afterEach(() => server.close());

test("asks for a short answer", async () => {
  expect(await summarize(client, "a long story")).toBe("All is well.");
  expect(server.requests).toMatchObject([{ deployment: "gpt-5-mini", body: { max_completion_tokens: 200 } }]);
});

test("comes back after a rate limit", async () => {
  server.inject(Fault.throttle(Duration.milliseconds(20)), { times: 1 });
  expect(await summarize(client, "a long story")).toBe("All is well.");
  expect(server.requests.map(({ status }) => status)).toEqual([429, 200]);
});

test("says so when the account refuses the key", async () => {
  server.inject(Fault.status(401));
  await expect(summarize(client, "a long story")).rejects.toMatchObject({ status: 401 });
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Duration, FakeOpenAi, Fault } from "aoai-kiss-lb/simulator";
import { AzureOpenAI } from "openai";
import { summarize } from "./summarize.js";

let server: FakeOpenAi;
let client: AzureOpenAI;

beforeEach(async () => {
  server = await FakeOpenAi.create({ deployments: [{ name: "gpt-5-mini" }], reply: "All is well." });
  client = new AzureOpenAI({ endpoint: server.url, apiKey: "any", apiVersion: "2024-10-21" });
});

afterEach(() => server.close());

test("asks for a short answer", async () => {
  assert.equal(await summarize(client, "a long story"), "All is well.");
  assert.deepEqual(
    server.requests.map(({ deployment, status }) => [deployment, status]),
    [["gpt-5-mini", 200]],
  );
});

test("comes back after a rate limit", async () => {
  server.inject(Fault.throttle(Duration.milliseconds(20)), { times: 1 });
  assert.equal(await summarize(client, "a long story"), "All is well.");
  assert.deepEqual(
    server.requests.map(({ status }) => status),
    [429, 200],
  );
});

test("says so when the account refuses the key", async () => {
  server.inject(Fault.status(401));
  await assert.rejects(summarize(client, "a long story"), { status: 401 });
});

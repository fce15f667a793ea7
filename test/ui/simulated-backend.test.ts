import { get } from "node:http";
import { FakeOpenAi } from "../../lib/simulator/index.js";
import { SimulatedBackend } from "../../lib/ui/simulated-backend.js";
import { type Condition } from "../../lib/ui/view.js";

/** Of a request on a connection of its own. */
function outcome({ server }: SimulatedBackend): Promise<string> {
  return new Promise((resolve) => {
    get(`${server.url}/openai/v1/models`, { agent: false, headers: { "api-key": "k" } }, (response) => {
      resolve(String(response.resume().statusCode));
    }).on("error", (error: NodeJS.ErrnoException) => resolve(String(error.code)));
  });
}

test("one condition takes the place of another", async () => {
  await using server = await FakeOpenAi.create();
  const backend = new SimulatedBackend("a.openai.azure.com", server);
  expect([backend.condition, await outcome(backend)]).toEqual(["up", "200"]);
  const seen: string[] = [];
  for (const condition of ["throttled", "down", "throttled", "up", "down", "up"] as const) {
    await backend.become(condition);
    seen.push(`${backend.condition} ${await outcome(backend)}`);
  }
  expect(seen).toEqual([
    "throttled 429",
    "down ECONNREFUSED",
    "throttled 429",
    "up 200",
    "down ECONNREFUSED",
    "up 200",
  ]);
});

test("changes asked for at once happen one after the other, and the last one holds", async () => {
  await using server = await FakeOpenAi.create();
  const backend = new SimulatedBackend("a.openai.azure.com", server);
  const wanted: Condition[] = ["down", "up", "down", "throttled", "down", "up"];
  await Promise.all(wanted.map((condition) => backend.become(condition)));
  expect([backend.condition, server.state, await outcome(backend)]).toEqual(["up", "listening", "200"]);
});

test("a port that is gone is an error of that change alone", async () => {
  const server = await FakeOpenAi.create();
  const backend = new SimulatedBackend("a.openai.azure.com", server);
  await server.close();
  await expect(backend.become("up")).rejects.toThrow(/is closed for good/);
  expect(backend.condition).toBe("up");
  await backend.become("down");
  expect(backend.condition).toBe("down");
});

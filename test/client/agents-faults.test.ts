import OpenAI from "openai";
import { Duration } from "../../lib/client/index.js";
import { Fault } from "../../lib/simulator/index.js";
import { AGENT_MODEL, agentAccounts, perRequest, REPLY, STORAGES } from "../support/agents.js";

const TURNS = 5;
const FAULTS = [
  Fault.throttle(Duration.milliseconds(60)),
  Fault.status(500, { headers: { "retry-after-ms": "60" } }),
  Fault.reset(),
  Fault.streamError(),
  Fault.streamError({ form: "error" }),
  Fault.streamError({ code: "server_error", form: "response.failed, error" }),
];

/** The answers of a conversation that gives back everything that was said so far. */
async function conversation(fetch: typeof globalThis.fetch, [streamed, storage]: (typeof KINDS)[number]) {
  const client = new OpenAI({ baseURL: "https://balanced.invalid/openai/v1", apiKey: "key", maxRetries: 0, fetch });
  const input: OpenAI.Responses.ResponseInputItem[] = [];
  const answers: string[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    input.push({ role: "user", content: "weather?" });
    const request = { model: AGENT_MODEL, input, ...storage };
    const response = streamed
      ? await client.responses.stream(request).finalResponse()
      : await client.responses.create(request);
    input.push(...(response.output as typeof input));
    answers.push(response.output_text);
  }
  return answers;
}

const KINDS = STORAGES.flatMap(([, storage]) => [false, true].map((streamed) => [streamed, storage] as const));

test("conversations that may wait survive what happens to a third of their requests", async () => {
  const { accounts, balancer, outcomes } = await agentAccounts(5);
  const waiting = () =>
    balancer({
      whenExhausted: "wait",
      deadline: Duration.minutes(2),
      cooldown: { throttled: Duration.milliseconds(100), failed: Duration.milliseconds(50) },
    });
  const shared = waiting();
  let requests = 0;
  let strikes = 0;
  const fetchOf = (index: number) =>
    perRequest(() => {
      if (requests++ % 3 === 0) {
        const fault = FAULTS[strikes % FAULTS.length];
        if (fault !== undefined) accounts[strikes++ % accounts.length]?.inject(fault, { times: 1 });
      }
      // Half of them meet a balancer that knows nothing, at each request.
      return index % 2 === 0 ? shared : waiting();
    });
  const all = Array.from({ length: 10 }, () => KINDS).flat();
  const answers = await Promise.all(all.map((kind, index) => conversation(fetchOf(index >> 2), kind)));
  expect(answers).toEqual(all.map(() => Array(TURNS).fill(REPLY)));
  expect(Object.keys(outcomes()).sort()).toEqual(["answered", "failed", "not-held", "throttled"]);
});

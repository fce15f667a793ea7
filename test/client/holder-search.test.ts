import { Duration, EXHAUSTED_CODE } from "../../lib/client/index.js";
import { Fault } from "../../lib/simulator/index.js";
import { AGENT_MODEL, agentAccounts } from "../support/agents.js";
import { balance } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

const openai = (path: string) => `https://any.example/openai/v1/${path}`;
const json = (body: unknown): Step => ({ status: 200, body: JSON.stringify(body) });
const refused = (status: 400 | 404, message: string): Step => ({
  status,
  body: JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: null } }),
});
const notFound = refused(400, "Previous response with id 'resp_x' not found.");
const continued = { method: "POST", body: '{"model":"gpt","previous_response_id":"resp_x"}' };

test("goes on with the account of another reference, where the latest one is not held", async () => {
  const { post, log } = await balance([[json({ id: "resp_1" })], [json({ id: "msg_1" }), notFound], [], []]);
  for (let n = 0; n < 2; n++) await post(openai("responses"));
  const body = '{"previous_response_id":"resp_1","input":[{"type":"item_reference","id":"msg_1"}]}';
  expect(await post(openai("responses"), { body })).toBe(200);
  expect(log.join("")).toBe("abba");
});

test("gives the words of the account that was thought to hold it, where none does", async () => {
  const missing = refused(404, "Conversation item with id 'msg_9' not found.");
  const unknown = refused(404, "Conversation with id 'conv_1' not found.");
  const { post, fetch, log } = await balance([[json({ id: "conv_1" }), missing], [unknown], [unknown]]);
  await post(openai("conversations"));
  const response = await fetch(openai("conversations/conv_1/items/msg_9"));
  expect(await response.json()).toMatchObject({ error: { message: "Conversation item with id 'msg_9' not found." } });
  expect(log.join("")).toBe("aabc");
});

test.each(["reset", "hang"] as const)(
  "an endpoint that may hold it and does not answer (%s): comes later",
  async (step) => {
    const { fetch, log } = await balance([[step], [notFound], [notFound]], {
      ...(step === "hang" && { attemptTimeout: Duration.milliseconds(800) }),
    });
    const response = await fetch(openai("responses"), continued);
    expect([response.status, await response.json()]).toEqual([
      429,
      {
        error: expect.objectContaining({
          code: EXHAUSTED_CODE,
          message: expect.stringContaining(
            "2 of 3 endpoints do not hold what was asked for, and the others are",
          ) as string,
        }) as object,
      },
    ]);
    expect(log.join("")).toBe("abc");
  },
);

test("goes on where a refusal is told inside a stream", async () => {
  const event = { type: "error", error: { code: "invalid_encrypted_content", message: "It could not be verified." } };
  const body = `event: error\ndata: ${JSON.stringify(event)}\n\n`;
  const stream: Step = { status: 200, headers: { "content-type": "text/event-stream" }, body };
  const { post, log, events } = await balance([[stream], []]);
  expect(await post(openai("responses"), { body: '{"stream":true,"input":[{"encrypted_content":"gAAA"}]}' })).toBe(200);
  expect(log.join("")).toBe("ab");
  expect(events.map((told) => (told.type === "attempt" ? told.outcome : told.type))).toEqual(["not-held", "answered"]);
});

test("refers to a response whatever its id begins with", async () => {
  const { post, log } = await balance([[], [json({ id: "caresp_1a" })], []]);
  for (let n = 0; n < 2; n++) await post(openai("responses"));
  for (let n = 0; n < 3; n++) {
    await post(openai("responses"), { body: '{"previous_response_id":"caresp_1a"}' });
  }
  expect(log.join("")).toBe("abbbb");
});

test("says whose endpoints cool down, where the holder has several", async () => {
  const { accounts, balancer, holder } = await agentAccounts(2);
  const endpoints = accounts.flatMap(({ name, url }) =>
    ["provisioned", "standard"].map((kind) => ({ name: `${name}, ${kind}`, url, apiKey: "key" })),
  );
  const fetch = balancer({ endpoints });
  const first = await fetch(openai("responses"), { method: "POST", body: `{"model":"${AGENT_MODEL}","input":"?"}` });
  const { id } = (await first.json()) as { id: string };
  holder().inject(Fault.throttle(Duration.seconds(5)));
  const body = JSON.stringify({ model: AGENT_MODEL, input: "?", previous_response_id: id });
  const second = await fetch(openai("responses"), { method: "POST", body });
  expect(await second.json()).toMatchObject({
    error: {
      message:
        "All 2 endpoints of the account that holds what was asked for are throttled or failing " +
        `for the deployment "${AGENT_MODEL}"; the first is available again in 5 s.`,
    },
  });
});

import { Duration } from "../../lib/client/index.js";
import { balance, CHAT } from "../support/balanced.js";
import { type Step } from "../support/scripted-endpoint.js";

let servers: Awaited<ReturnType<typeof balance>>;
async function start(scripts: Step[][]) {
  const waits = { whenExhausted: "wait", deadline: Duration.minutes(10), now: () => performance.now() } as const;
  servers = await balance(scripts, waits);
  return servers;
}
afterEach(async () => servers.close());

const openai = (path: string) => `https://any.example/openai/v1/${path}`;
const throttled: Step = { status: 429, headers: { "retry-after-ms": "60" } };

describe("a call that may wait", () => {
  test("waits for the one endpoint that holds what it is about", async () => {
    const { post, log } = await start([[{ status: 200, body: '{"id":"resp_1a"}' }, throttled], []]);
    await post(openai("responses"));
    expect(await post(openai("responses/resp_1a"), { method: "GET", body: null })).toBe(200);
    expect(log.join("")).toBe("aaa");
  });

  test("is given the other endpoints' 429 no more often than the least bench allows", async () => {
    const hasty: Step = { status: 429, headers: { "retry-after-ms": "1" } };
    const { post, events } = await start([[hasty], [hasty]]);
    expect(await post(CHAT)).toBe(200);
    const lengths = events.flatMap((event) => (event.type === "bench" ? [event.benchMilliseconds] : []));
    expect(lengths).toEqual([50, 50]);
  });
});

import { FakeOpenAi } from "../../lib/simulator/index.js";
import { AGENT_LOOPS, LANG_CHAIN_STREAMED } from "../support/agent-loops.js";
import { AGENT_MODEL, STORAGES } from "../support/agents.js";

/** Tool loops of real SDKs, each as its users write them, against one account; then the same over two accounts in turn. */
const REPLY = "It is 21 degrees.";

let east: FakeOpenAi;
let west: FakeOpenAi;
beforeEach(async () => {
  const options = { reply: REPLY, deployments: [{ name: AGENT_MODEL }] };
  [east, west] = await Promise.all([FakeOpenAi.create(options), FakeOpenAi.create(options)]);
});
afterEach(() => Promise.all([east.close(), west.close()]));

/** Sends every second request to the other account: what round robin does. */
function inTurn(): typeof globalThis.fetch {
  let count = 0;
  return (input, init) => {
    const [from, to] = count++ % 2 === 0 ? [west, east] : [east, west];
    return fetch(String(input).replace(from.url, to.url), init);
  };
}

describe.each(AGENT_LOOPS)("%s", (_, loop) => {
  test.each(STORAGES)("calls a tool and gets an answer, %s", async (_name, storage) => {
    expect(await loop(east.url, globalThis.fetch, storage)).toBe(REPLY);
    expect(east.requests.map(({ status }) => status)).not.toContain(400);
    expect(east.requestCount).toBeGreaterThan(1);
  });

  test.each(STORAGES)("fails over two accounts in turn, %s", async (_name, storage) => {
    const answer = loop(east.url, inTurn(), storage);
    if (loop === LANG_CHAIN_STREAMED && storage.store === false) expect(await answer).toBe(REPLY);
    else await expect(answer).rejects.toThrow(storage.store === false ? /could not be verified/ : /not found/);
  });
});

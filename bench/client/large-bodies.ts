import { type FetchFunction } from "aoai-kiss-lb/client";
import { balanced } from "./overhead.js";
import { type Cost, measureCosts } from "./processor-time.js";

const ROUNDS = 15;
const CALLS = 20;
const URL = "https://balanced.invalid/openai/v1/responses";
const TURNS = 250;

export interface LargeBodies {
  readonly bytes: number;
  /** `JSON.parse` of the body, then what the balancer adds to a call with such a request, and to one with such an answer. */
  readonly costs: readonly Cost[];
}

/** The whole of a long conversation, kept by the caller: reasoning, tool calls and their outputs, sent again each turn. */
export async function measureLargeBodies(): Promise<LargeBodies> {
  const request = JSON.stringify({ model: "gpt-5", store: false, input: Array.from({ length: TURNS }, turn).flat() });
  const answer = JSON.stringify({
    id: "resp_1",
    object: "response",
    output: Array.from({ length: TURNS }, turn).flat(),
  });
  const small: FetchFunction = async () => Response.json({ id: "resp_2", object: "response", output: [] });
  const large: FetchFunction = async () => new Response(answer, { headers: { "content-type": "application/json" } });
  const ask = (fetch: FetchFunction, body: string) => async () => {
    const headers = { "content-type": "application/json" };
    return (await fetch(URL, { method: "POST", headers, body })).text();
  };
  const question = JSON.stringify({ model: "gpt-5", input: "Say hello." });
  const costs = await measureCosts(
    [
      { name: "`JSON.parse`", bare: async () => undefined, balanced: async () => void JSON.parse(request) },
      { name: "request", bare: ask(small, request), balanced: ask(balanced(small, 2), request) },
      {
        name: "request, `model` rewritten",
        bare: ask(small, request),
        balanced: ask(balanced(small, 2, {}, { "gpt-5": "gpt-5-eu" }), request),
      },
      { name: "answer", bare: ask(large, question), balanced: ask(balanced(large, 2), question) },
    ],
    ROUNDS,
    CALLS,
  );
  return { bytes: Buffer.byteLength(request), costs };
}

function turn(_: unknown, index: number): object[] {
  const id = `68af4030592c8190${index.toString(16).padStart(32, "0")}`;
  return [
    {
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "Look at the next file, please. ".repeat(4) }],
    },
    { type: "reasoning", id: `rs_${id}`, summary: [], encrypted_content: pseudoBase64(1_200, index) },
    { type: "function_call", id: `fc_${id}`, call_id: `call_${index}`, name: "read", arguments: '{"path":"src/a.ts"}' },
    {
      type: "function_call_output",
      call_id: `call_${index}`,
      output: 'export const a = "b";\n\t// "quoted"\n'.repeat(35),
    },
    {
      type: "message",
      id: `msg_${id}`,
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "It exports a constant. ".repeat(4), annotations: [] }],
    },
  ];
}

/** Characters that look like encrypted ones, alike in each run. */
function pseudoBase64(length: number, seed: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return alphabet[state >>> 26];
  }).join("");
}

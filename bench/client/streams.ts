import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type FetchFunction } from "aoai-kiss-lb/client";
import { balanced } from "./overhead.js";
import { type Cost, measureCosts } from "./processor-time.js";

export const EVENTS = 1_000;
/** Microseconds an event. */
export const STREAM_AIM = 2;
const ROUNDS = 15;
const STREAMS = 20;
/** Where memory is looked at: once all is warm, and much later. */
const EARLY = 20_000;
const LATE = 400_000;

const BASE = "https://balanced.invalid/openai/v1";

type Chunk = (index: number) => Uint8Array;

const encoder = new TextEncoder();
const encoded = (text: string) => encoder.encode(text);

/** As Azure writes them, one event a chunk. */
const chat: Chunk = (index) =>
  encoded(
    `data: ${JSON.stringify({
      id: "chatcmpl-BxYz0123456789",
      object: "chat.completion.chunk",
      created: 1_760_000_000,
      model: "gpt-4o-2024-11-20",
      choices: [{ index: 0, delta: { content: ` word${index}` }, finish_reason: null }],
    })}\n\n`,
  );
const responses: Chunk = (index) =>
  encoded(
    `event: response.output_text.delta\ndata: ${JSON.stringify({
      type: "response.output_text.delta",
      sequence_number: index,
      item_id: "msg_68af4030592c8190a5b8d37b5ab1f83e0d24d0f5e9a3d6c1",
      output_index: 0,
      content_index: 0,
      delta: ` word${index}`,
      logprobs: [],
    })}\n\n`,
  );

const KINDS = [
  { name: "chat", path: "/chat/completions", body: { model: "gpt", messages: [], stream: true }, chunk: chat },
  { name: "responses", path: "/responses", body: { model: "gpt", input: "x", stream: true }, chunk: responses },
];

/** In µs an event, over the same stream of the bare fetch. */
export async function measureStreams(): Promise<Cost[]> {
  const costs = await measureCosts(
    KINDS.map(({ name, path, body, chunk }) => {
      const stub = streaming(chunk, EVENTS);
      const fetch = balanced(stub, 2);
      return { name, bare: () => read(stub, path, body), balanced: () => read(fetch, path, body) };
    }),
    ROUNDS,
    STREAMS,
  );
  return costs.map(({ name, microseconds: { median, low, high } }) => ({
    name,
    microseconds: { median: median / EVENTS, low: low / EVENTS, high: high / EVENTS },
  }));
}

/** Kilobytes by which the heap is larger late in a long stream than early in it. */
export async function measureStreamMemory(): Promise<{ readonly name: string; readonly kilobytes: number }[]> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const grown: { name: string; kilobytes: number }[] = [];
  for (const { name, path, body, chunk } of KINDS) {
    const heap: number[] = [];
    await read(balanced(streaming(chunk, LATE), 2), path, body, (count) => {
      if (count !== EARLY && count !== LATE) return;
      collect();
      heap.push(process.memoryUsage().heapUsed);
    });
    const [early = Number.NaN, late = Number.NaN] = heap;
    grown.push({ name, kilobytes: (late - early) / 1_024 });
  }
  return grown;
}

function streaming(chunk: Chunk, events: number): FetchFunction {
  // Made beforehand, so that making them is not measured.
  const chunks = Array.from({ length: 100 }, (_, index) => chunk(index));
  return async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === events) controller.close();
        else controller.enqueue(chunks[sent++ % chunks.length]);
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
}

async function read(
  fetch: FetchFunction,
  path: string,
  body: object,
  onChunk?: (count: number) => void,
): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(BASE + path, { method: "POST", headers, body: JSON.stringify(body) });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (let count = 0; ;) {
    const { done } = await reader.read();
    if (done) return;
    onChunk?.(++count);
  }
}

import { setTimeout as sleep } from "node:timers/promises";

/** A body that comes in these pieces. */
export function chunked(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await sleep(1);
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
}

import { InvalidOptionError } from "../errors.js";
import { responseLike } from "./held-body.js";

/** What the body of node-fetch's and cross-fetch's responses is: a Node stream. */
interface NodeStream extends AsyncIterable<Uint8Array> {
  destroy(): void;
  on(event: "error", listener: () => void): void;
}

/**
 * A response of a custom fetch in the form of the platform's own, which all that follows relies on.
 *
 * @param abort ends the request: node-fetch 2 keeps the connection of a body that is destroyed.
 * @throws InvalidOptionError where its body is none that can be read piece by piece.
 */
export function platformResponse(response: Response, abort: () => void): Response {
  const body = bodyOf(response);
  if (body === null || isWebStream(body)) return response;
  if (!isNodeStream(body)) {
    throw new InvalidOptionError(
      "fetch",
      "gives a response whose body is no stream that can be read; use the platform's own fetch, undici's or node-fetch's",
    );
  }
  return responseLike(response, BODYLESS.has(response.status) ? null : webStream(body, abort));
}

/** Statuses of answers that must not have a body: node-fetch gives them an empty stream. */
const BODYLESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

export function isForeign(response: Response): boolean {
  const body = bodyOf(response);
  return body !== null && !isWebStream(body);
}

/** A fetch that gives no response at all, as an unfinished mock, is refused like one without a body. */
function bodyOf(response: unknown): unknown {
  return typeof response === "object" && response !== null && "body" in response ? response.body : undefined;
}

function isWebStream(body: unknown): boolean {
  return typeof body === "object" && body !== null && "getReader" in body;
}

function isNodeStream(body: unknown): body is NodeStream {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body && "destroy" in body;
}

function webStream(body: NodeStream, abort: () => void): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  // An abort makes it emit an error that nobody may be waiting for.
  body.on("error", () => undefined);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      // Ending the iteration does not close the connection in every version.
      cancel() {
        body.destroy();
        abort();
      },
    },
    { highWaterMark: 0 },
  );
}

import { createServer } from "node:http";
import { networkFailure } from "../../lib/client/call/network-error.js";
import { balance } from "../support/balanced.js";

const IMAGES = "https://any.example/openai/v1/images/generations";

function fetchFailed(code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}

test("a chain of causes that is a ring has an end", () => {
  const ring = new TypeError("fetch failed");
  ring.cause = Object.assign(new Error("inner"), { cause: ring });
  expect(networkFailure(ring)).toEqual({ code: "ERR_NETWORK", neverSent: false });
});

/** A fetch that fails the first time. */
function failingOnce(error: Error) {
  let sent = 0;
  return async () => {
    if (sent++ > 0) return new Response("ok");
    throw error;
  };
}

describe("what fetch reports as its failure", () => {
  test.each([
    "ENETDOWN",
    "EHOSTDOWN",
    "UND_ERR_ABORTED",
    "UND_ERR_HEADERS_OVERFLOW",
    "UND_ERR_DESTROYED",
    "UND_ERR_CLOSED",
    "UND_ERR_INFO",
    "ERR_HTTP2_GOAWAY_SESSION",
    "ERR_HTTP2_STREAM_ERROR",
    "ERR_OF_NEXT_YEAR",
  ])("%s: the next endpoint, where the work may run twice", async (code) => {
    const { post, events } = await balance([[], []], { fetch: failingOnce(fetchFailed(code)) });
    expect(await post()).toBe(200);
    expect(events).toContainEqual(expect.objectContaining({ type: "cooldown", endpoint: "a", errorCode: code }));
    expect(networkFailure(fetchFailed(code))).toEqual({ code, neverSent: false });
  });

  test.each(["EMFILE", "UND_ERR_PRX_TLS", "HOSTNAME_MISMATCH", "INVALID_CA"])(
    "%s: never sent, so the next at once, even for what must not run twice",
    async (code) => {
      const { post } = await balance([[], []], { fetch: failingOnce(fetchFailed(code)) });
      expect(await post(IMAGES)).toBe(200);
    },
  );

  test.each(["UND_ERR_INVALID_ARG", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH", "ERR_INVALID_CHAR", "ENOENT"])(
    "%s: the caller's, so the error reaches it and nobody cools down",
    async (code) => {
      const { post, events } = await balance([[], []], { fetch: failingOnce(fetchFailed(code)) });
      expect(await post()).toBe(code);
      expect(events.filter(({ type }) => type === "cooldown")).toEqual([]);
    },
  );

  test("an answer whose headers are too long for fetch, from a real server", async () => {
    const tooMuch = createServer((_, response) => response.setHeader("x-big", "a".repeat(60_000)).end());
    await new Promise<void>((resolve) => tooMuch.listen(0, "127.0.0.1", resolve));
    try {
      const address = tooMuch.address();
      const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
      const servers = await balance([[], []], {}, (index) => (index === 0 ? { url } : {}));
      expect(await servers.post()).toBe(200);
      expect(servers.events[0]).toMatchObject({ endpoint: "a", errorCode: "UND_ERR_HEADERS_OVERFLOW" });
    } finally {
      tooMuch.close();
      tooMuch.closeAllConnections();
    }
  });
});

test("the caller's abort while an error's body is read is the call's end", async () => {
  const caller = new AbortController();
  const { fetch, events } = await balance([[], []], {
    fetch: async (_, init) => {
      const body = new ReadableStream({
        start: (controller) => init?.signal?.addEventListener("abort", () => controller.error(init.signal?.reason)),
        pull: () => caller.abort("left"),
      });
      return new Response(body, { status: 404 });
    },
  });
  await expect(fetch(IMAGES, { method: "POST", body: "{}", signal: caller.signal })).rejects.toBe("left");
  expect(events).toEqual([expect.objectContaining({ type: "attempt", outcome: "aborted" })]);
});

import fc from "fast-check";
import { AnswerParser, MalformedAnswer } from "../../lib/simulator/answer-parser.js";

interface Asked {
  readonly method?: string;
  readonly upgrade?: boolean;
}

/** What a parser makes of an answer that arrives in pieces, each in memory that is used again for the next. */
function read(pieces: readonly string[], { method = "GET", upgrade = false }: Asked = {}, closes = false) {
  const seen = { status: 0, headers: {}, body: "", ended: false, reusable: false };
  const parser = new AnswerParser({
    onHead: (status, headers) => Object.assign(seen, { status, headers: { ...headers } }),
    onBody: (chunk) => (seen.body += chunk.toString("latin1")),
    onEnd: () => Object.assign(seen, { ended: true, reusable: parser.reusable }),
  });
  parser.begin(method, upgrade);
  const memory = Buffer.alloc(1_000_000);
  for (const piece of pieces) {
    memory.fill("?");
    memory.write(piece, "latin1");
    parser.execute(memory.subarray(0, piece.length));
  }
  if (closes) parser.end();
  return seen;
}

const OK = "HTTP/1.1 200 OK\r\n";

describe("answers", () => {
  test.each<[string, string, Asked, object]>([
    ["with a length", `${OK}Content-Length: 5\r\n\r\nhello`, {}, { body: "hello", ended: true, reusable: true }],
    ["without a body", `${OK}content-length: 0\r\n\r\n`, {}, { body: "", ended: true, reusable: true }],
    ["that is not complete", `${OK}content-length: 9\r\n\r\nhello`, {}, { body: "hello", ended: false }],
    [
      "in chunks, with an extension and trailers",
      `${OK}transfer-encoding: Chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nx-sum: 1\r\n\r\n`,
      {},
      { body: "hello", ended: true, reusable: true },
    ],
    ["that closes", `${OK}connection: Close\r\ncontent-length: 0\r\n\r\n`, {}, { ended: true, reusable: false }],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", {}, { ended: true, reusable: false }],
    [
      "of HTTP/1.0 that stays",
      "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n",
      {},
      { ended: true, reusable: true },
    ],
    ["to HEAD", `${OK}content-length: 5\r\n\r\n`, { method: "HEAD" }, { body: "", ended: true, reusable: true }],
    ["204", "HTTP/1.1 204 No Content\r\n\r\n", {}, { status: 204, ended: true, reusable: true }],
    ["304", "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n", {}, { status: 304, body: "", ended: true }],
    [
      "after 100 and 103",
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\n${OK}content-length: 0\r\n\r\n`,
      {},
      { status: 200, ended: true },
    ],
    ["without a reason", "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", {}, { status: 200, ended: true }],
    [
      "101, which goes on for ever",
      "HTTP/1.1 101 Switching\r\n\r\nframes",
      { upgrade: true },
      { status: 101, body: "frames", ended: false },
    ],
  ])("%s", (_, text, asked, expected) => {
    expect(read([text], asked)).toMatchObject(expected);
    expect(read([...text], asked)).toMatchObject(expected);
  });

  test("followed by more than was asked for leave a connection that cannot be trusted", () => {
    expect(read([`${OK}content-length: 1\r\n\r\nxy`])).toMatchObject({ body: "x", ended: true, reusable: false });
  });

  test("of unknown length end with the connection", () => {
    expect(read([`${OK}\r\n`, "hel", "lo"])).toMatchObject({ body: "hello", ended: false });
    expect(read([`${OK}\r\n`, "hel", "lo"], {}, true)).toMatchObject({ body: "hello", ended: true, reusable: false });
    expect(read([`${OK}content-length: 9\r\n\r\nhello`], {}, true)).toMatchObject({ ended: false });
  });

  test("headers are in lower case, repeated ones a list, and any name is one like the others", () => {
    const { headers } = read([
      `${OK}Set-Cookie: a=1\r\nset-cookie:b=2 \r\nconstructor: x\r\nX-E: \r\ncontent-length: 0\r\n\r\n`,
    ]);
    expect(headers).toEqual({ "set-cookie": ["a=1", "b=2"], constructor: "x", "x-e": "", "content-length": "0" });
  });
});

test.each([
  ["another protocol", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["another version", "HTTP/2.0 200 OK\r\n\r\n"],
  ["no status", "HTTP/1.1 OK\r\n\r\n"],
  ["a line without a colon", `${OK}oops\r\n\r\n`],
  ["a folded line", `${OK}a: b\r\n c\r\n\r\n`],
  ["a space before the colon", `${OK}a : b\r\n\r\n`],
  ["a control character", `${OK}a: b\u0000c\r\n\r\n`],
  ["a lone line feed", `${OK}a: b\nc: d\r\n\r\n`],
  ["two lengths", `${OK}content-length: 1\r\ncontent-length: 1\r\n\r\n`],
  ["a length that is no number", `${OK}content-length: +1\r\n\r\n`],
  ["a length and chunks", `${OK}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`],
  ["another transfer coding", `${OK}transfer-encoding: gzip, chunked\r\n\r\n`],
  ["101 that nobody asked for", "HTTP/1.1 101 Switching\r\n\r\n"],
  ["a chunk without a size", `${OK}transfer-encoding: chunked\r\n\r\nx\r\n`],
  ["a chunk longer than its size", `${OK}transfer-encoding: chunked\r\n\r\n1\r\nxy\r\n`],
  ["headers without end", `${OK}a: ${"x".repeat(70_000)}`],
  ["a size without end", `${OK}transfer-encoding: chunked\r\n\r\n1;${"x".repeat(9_000)}`],
])("%s is malformed", (_, text) => {
  expect(() => read([text])).toThrow(MalformedAnswer);
});

test("however an answer is cut into pieces, it is the same", () => {
  const body = fc.array(fc.string({ minLength: 1, maxLength: 20, unit: "binary-ascii" }));
  fc.assert(
    fc.property(body, fc.boolean(), fc.array(fc.nat(300)), (parts, chunked, cuts) => {
      const whole = parts.join("");
      const chunks = `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("")}0\r\n\r\n`;
      const head = chunked ? "transfer-encoding: chunked" : `content-length: ${whole.length}`;
      const text = `${OK}${head}\r\nx-a: b\r\n\r\n${chunked ? chunks : whole}`;
      const places = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b);
      const pieces = [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
      expect(read(pieces)).toEqual(read([text]));
      expect(read([text])).toMatchObject({ status: 200, body: whole, ended: true, reusable: true });
    }),
  );
});

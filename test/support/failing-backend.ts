import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { type AddressInfo } from "node:net";

/** More than the buffers of the operating system and of the gateway hold together. */
export const LARGE_ANSWER_BYTES = 16 * 1_024 * 1_024;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const begin: Answer = (_, response) => response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
const say: Answer = (_, response) => void response.write("data: one\n\n");
/** Breaks off once the upload is over: a reset under it may be noticed before the answer. */
const afterwards =
  (answer: Answer): Answer =>
  (request, response) =>
    void request.resume().once("end", () => answer(request, response));
const whole: Answer = (request, response) => {
  request.resume().once("end", () => response.end("whole"));
};

/** What a backend does, by the first part of the path. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  whole,
  refused: whole,
  "reset-at-once": (request) => request.socket.resetAndDestroy(),
  "reset-after-headers": afterwards((request, response) => {
    begin(request, response);
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  }),
  "reset-in-body": afterwards((_, response) => {
    response.write("data: one\n\n", () => response.socket?.resetAndDestroy());
  }),
  "closed-in-body": afterwards((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("short", () => response.socket?.end());
  }),
  "no-http": (request) => void request.socket.write("SSH-2.0-OpenSSH\r\n\r\n"),
  "bad-header": (request) => void request.socket.write("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"),
  "two-lengths": (request) =>
    void request.socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx"),
  "bad-chunk": (request) =>
    void request.socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\nzz\r\n"),
  early: (_, response) => response.writeHead(401, { "content-length": 2 }).end("no"),
  hang: (request) => void request.resume(),
  "hang-in-body": say,
  "silent-at-once": (request) => void request.resume(),
  "silent-after-headers": begin,
  "silent-in-body": say,
  large: (request, response) => {
    request.resume();
    response.end(Buffer.alloc(LARGE_ANSWER_BYTES, "x"));
  },
};

/** A server that fails as the path asks; probes succeed. */
export async function startFailingBackend(): Promise<{ url: string; stop: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const [, name = ""] = request.url?.split("/") ?? [];
    const answer = ANSWERS[name];
    if (answer === undefined) response.end();
    else answer(request, response);
  });
  server.on("clientError", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

import { type Headers, append, isToken, joined, noHeaders } from "./headers.js";

/** Gets what a backend answers, piece by piece. */
export interface AnswerHandler {
  /** A final status, or 101 for a request that asks for an upgrade. Header names are in lower case. */
  onHead(status: number, headers: Headers): void;
  /** Valid until the call returns: the memory is used again. */
  onBody(chunk: Buffer): void;
  onEnd(): void;
}

/** More than a backend's headers may take; nginx answers 502 far below. */
const MAXIMUM_HEAD_BYTES = 64 * 1_024;
/** Of a line with the size of a chunk, and of all trailers. */
const MAXIMUM_LINE_BYTES = 8 * 1_024;

const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");

/** What a backend sends is not HTTP/1.1; the client gets a 502, as it would from Application Gateway. */
export class MalformedAnswer extends Error {}

type State = "head" | "counted" | "chunk size" | "chunk" | "chunk end" | "trailers" | "until close" | "over";

/**
 * Reads HTTP/1.1 answers of one connection, as strictly as a proxy has to: whatever could be understood in two ways is
 * malformed. https://www.rfc-editor.org/rfc/rfc9112
 */
export class AnswerParser {
  private state: State = "over";
  private asked = { method: "GET", upgrade: false };
  private left = 0;
  /** The beginning of a line or head whose end has not arrived. */
  private rest: Buffer | undefined;
  private keepAlive = false;
  private keepAliveHeader: Headers[string];

  /** How long the backend keeps the connection open between two requests, as far as it says. */
  keepAliveMilliseconds = Infinity;

  constructor(private readonly handler: AnswerHandler) {}

  /** May the connection carry another request? Decided when `onEnd` is called. */
  get reusable(): boolean {
    return this.state === "over" && this.keepAlive;
  }

  /** The next answer belongs to such a request. */
  begin(method: string, upgrade: boolean): void {
    this.asked = { method, upgrade };
    this.state = "head";
    this.rest = undefined;
  }

  /** @throws MalformedAnswer */
  execute(chunk: Buffer): void {
    const data = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    this.rest = undefined;
    let at = 0;
    while (at < data.length) {
      const next = this.step(data, at);
      if (next === undefined) return;
      at = next;
    }
  }

  /** The connection has ended, which ends an answer of unknown length; others stay incomplete. */
  end(): void {
    if (this.state === "until close") this.finish(false);
  }

  /** @returns where to go on, or undefined if more has to arrive first */
  private step(data: Buffer, at: number): number | undefined {
    switch (this.state) {
      case "head": {
        const end = data.indexOf(HEAD_END, at);
        if (end < 0) return this.wait(data, at, MAXIMUM_HEAD_BYTES);
        this.readHead(data.toString("latin1", at, end), end + HEAD_END.length < data.length);
        return end + HEAD_END.length;
      }
      case "counted":
      case "chunk": {
        const end = Math.min(at + this.left, data.length);
        this.left -= end - at;
        this.handler.onBody(data.subarray(at, end));
        if (this.left > 0) return end;
        if (this.state === "chunk") this.state = "chunk end";
        else this.finish(end === data.length);
        return end;
      }
      case "chunk end": {
        if (data.length - at < LINE_END.length) return this.wait(data, at, MAXIMUM_LINE_BYTES);
        if (data[at] !== CARRIAGE_RETURN || data[at + 1] !== LINE_FEED)
          throw new MalformedAnswer("a chunk is too long");
        this.state = "chunk size";
        return at + LINE_END.length;
      }
      case "chunk size": {
        const end = data.indexOf(LINE_END, at);
        if (end < 0) return this.wait(data, at, MAXIMUM_LINE_BYTES);
        this.left = chunkSize(data.toString("latin1", at, end));
        this.state = this.left === 0 ? "trailers" : "chunk";
        return end + LINE_END.length;
      }
      case "trailers": {
        const end = data.indexOf(LINE_END, at);
        if (end < 0) return this.wait(data, at, MAXIMUM_LINE_BYTES);
        // Trailers are not passed on.
        if (end === at) this.finish(end + LINE_END.length === data.length);
        return end + LINE_END.length;
      }
      case "until close":
        this.handler.onBody(at === 0 ? data : data.subarray(at));
        return data.length;
      case "over":
        // Something that nobody asked for.
        this.keepAlive = false;
        return data.length;
    }
  }

  private wait(data: Buffer, at: number, maximum: number): undefined {
    if (data.length - at > maximum) throw new MalformedAnswer("a line or the headers are too long");
    this.rest = Buffer.from(data.subarray(at));
  }

  private readHead(head: string, bodyHere: boolean): void {
    const [, minor = "", code = ""] = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?(?:\r\n|$)/.exec(head) ?? [];
    const status = Number(code);
    if (status < 100) throw new MalformedAnswer("not an HTTP/1.1 answer");
    const headers = readHeaders(head);
    if (status === 101 && this.asked.upgrade) {
      this.state = "until close";
      this.keepAlive = false;
      this.handler.onHead(status, headers);
      return;
    }
    if (status === 101) throw new MalformedAnswer("101 without a request to switch protocols");
    // The final answer follows.
    if (status < 200) return;
    this.keepAlive = staysOpen(minor, headers["connection"]);
    if (headers["keep-alive"] !== this.keepAliveHeader) {
      this.keepAliveHeader = headers["keep-alive"];
      const [, seconds] = /\btimeout=(\d+)/i.exec(joined(this.keepAliveHeader) ?? "") ?? [];
      this.keepAliveMilliseconds = seconds === undefined ? Infinity : Number(seconds) * 1_000;
    }
    const length = this.bodyLength(status, headers);
    if (length === "until close") this.keepAlive = false;
    this.handler.onHead(status, headers);
    if (length === 0) this.finish(!bodyHere);
    else if (typeof length === "number") {
      this.left = length;
      this.state = "counted";
    } else this.state = length;
  }

  private bodyLength(status: number, headers: Headers): number | "chunk size" | "until close" {
    const { "transfer-encoding": coding, "content-length": counted } = headers;
    if (coding !== undefined && counted !== undefined) throw new MalformedAnswer("both a length and chunks");
    if (coding !== undefined && (typeof coding !== "string" || coding.toLowerCase() !== "chunked")) {
      throw new MalformedAnswer("an unknown Transfer-Encoding");
    }
    if (counted !== undefined && (typeof counted !== "string" || !/^\d{1,15}$/.test(counted))) {
      throw new MalformedAnswer("a Content-Length that is not one number");
    }
    if (this.asked.method === "HEAD" || status === 204 || status === 304) return 0;
    if (coding !== undefined) return "chunk size";
    return counted === undefined ? "until close" : Number(counted);
  }

  private finish(nothingFollows: boolean): void {
    this.state = "over";
    this.keepAlive &&= nothingFollows;
    this.handler.onEnd();
  }
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** All lines after the first. */
function readHeaders(head: string): Headers {
  const headers = noHeaders();
  let start = head.indexOf("\r\n");
  while (start >= 0) {
    start += 2;
    const found = head.indexOf("\r\n", start);
    const end = found < 0 ? head.length : found;
    const colon = head.indexOf(":", start);
    if (colon < 0 || colon > end) throw new MalformedAnswer("a header without a colon");
    const name = head.slice(start, colon).toLowerCase();
    const value = head.slice(colon + 1, end).trim();
    if (!isToken(name) || hasControl(value)) throw new MalformedAnswer("a header with characters that it cannot have");
    append(headers, name, value);
    start = found;
  }
  return headers;
}

function hasControl(value: string): boolean {
  return /[\0-\b\n-\x1f\x7f]/.test(value);
}

function chunkSize(line: string): number {
  const [, digits] = /^([\da-f]{1,12})[\t ]*(?:;.*)?$/i.exec(line) ?? [];
  if (digits === undefined) throw new MalformedAnswer("a chunk without a size");
  return Number.parseInt(digits, 16);
}

function staysOpen(minor: string, connection: string | readonly string[] | undefined): boolean {
  if (connection === undefined) return minor === "1";
  const options = String(connection)
    .toLowerCase()
    .split(/\s*,\s*/);
  return !options.includes("close") && (minor === "1" || options.includes("keep-alive"));
}

import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { type Readable } from "node:stream";
import { type Dispatcher } from "undici";
import { type ErrorInfo } from "./access-log.js";
import { type BackendMember, type InFlight } from "./backend-member.js";
import { Buffered } from "./buffering.js";
import { Countdown } from "./countdown.js";
import { endToEnd, flat } from "./headers.js";
import { type Headers } from "./rewrite.js";

export interface BackendCallOptions {
  readonly member: BackendMember;
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Buffer | Readable | null;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How long the backend may be silent. */
  readonly timeoutMilliseconds: number;
  /** How long the client may be. */
  readonly clientTimeoutMilliseconds: number;
  readonly buffering: boolean;
  /** Changes the answer's headers in place. */
  readonly rewrite: (statusCode: number, headers: Headers) => void;
  /** Called at most once, when the answer will not become complete. */
  readonly onFailure: (status: 408 | 502 | 504, error: ErrorInfo) => void;
}

/**
 * One request at one backend, its answer copied to the client as it comes (or held, with buffering on). Whoever is slow
 * slows the other down: nothing piles up in between. There is one attempt and no other backend after it, as on Azure.
 */
export class BackendCall implements Dispatcher.DispatchHandler, InFlight {
  /** 0 until the backend has answered. */
  status = 0;
  sentBytes = 0;
  receivedBytes = 0;
  readonly startedAt = performance.now();
  /** Milliseconds on the process's clock; 0 until it happened. */
  firstByteAt = 0;
  firstByteSentAt = 0;
  lastByteAt = 0;

  private over = false;
  private controller: Dispatcher.DispatchController | undefined;
  private readonly held: Buffered | undefined;
  private readonly leave: () => void;
  /** Runs while it is the backend's turn to say something. */
  private readonly backendSilence: Countdown;
  /** Runs while it is the client's: to send more of the request, or to take more of the answer. */
  private readonly clientStall: Countdown;

  constructor(private readonly options: BackendCallOptions) {
    const { body, buffering, member, timeoutMilliseconds, clientTimeoutMilliseconds } = options;
    this.held = buffering ? new Buffered() : undefined;
    if (body instanceof Buffer) this.receivedBytes = body.length;
    this.leave = member.enter(this);
    this.backendSilence = new Countdown(timeoutMilliseconds, () => this.fail(504, "ERRORINFO_UPSTREAM_TIMED_OUT"));
    this.clientStall = new Countdown(clientTimeoutMilliseconds, () => {
      // An upload that is paused waits for the backend, which has a countdown of its own.
      if (this.status === 0 && options.request.isPaused()) this.clientStall.restart();
      else this.fail(408, "ERRORINFO_CLIENT_TIMED_OUT");
    });
    this.backendSilence.restart();
  }

  start(): void {
    const { member, method, path, headers, body } = this.options;
    member.connections.dispatch({ method: method as Dispatcher.HttpMethod, path, headers: flat(headers), body }, this);
  }

  /** Ends it from outside: the client has left, or the member is removed. */
  cut(): void {
    this.fail(502, "ERRORINFO_UPSTREAM_CLOSED_CONNECTION");
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.over) {
      controller.abort(new Error("over before it began"));
      return;
    }
    const { body, request } = this.options;
    if (body !== request) return;
    this.clientStall.restart();
    request.on("data", (chunk: Buffer) => {
      this.receivedBytes += chunk.length;
      if (this.over) return;
      this.clientStall.restart();
      this.backendSilence.restart();
    });
    request.once("end", () => this.clientStall.stop());
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, received: Headers): void {
    if (this.over || status < 200) return;
    this.backendSilence.restart();
    this.firstByteAt = performance.now();
    this.status = status;
    const { response, rewrite } = this.options;
    const headers = endToEnd(received);
    rewrite(status, headers);
    response.writeHead(status, headers as OutgoingHttpHeaders);
    // Headers wait a moment, so that they leave in one packet with a body that is already there.
    if (this.held === undefined) setImmediate(() => this.flushHeaders());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.over) return;
    this.backendSilence.restart();
    if (this.held === undefined) this.send(controller, chunk);
    else if (this.held.add(chunk)) this.send(controller, this.held.take());
  }

  onResponseEnd(): void {
    if (this.over) return;
    this.end();
    const rest = this.held?.take();
    this.sentBytes += rest?.length ?? 0;
    this.firstByteSentAt ||= this.lastByteAt;
    this.options.response.end(rest);
  }

  onResponseError(): void {
    this.fail(502, "ERRORINFO_UPSTREAM_CLOSED_CONNECTION");
  }

  private send(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.sentBytes += chunk.length;
    this.firstByteSentAt ||= performance.now();
    if (this.options.response.write(chunk)) return;
    controller.pause();
    // While the client is slow, the backend has nothing to answer for.
    this.backendSilence.stop();
    this.clientStall.restart();
    this.options.response.once("drain", () => {
      if (this.over) return;
      this.clientStall.stop();
      this.backendSilence.restart();
      controller.resume();
    });
  }

  private flushHeaders(): void {
    if (this.over || this.firstByteSentAt !== 0) return;
    this.firstByteSentAt = performance.now();
    this.options.response.flushHeaders();
  }

  private fail(status: 408 | 502 | 504, error: ErrorInfo): void {
    if (this.over) return;
    this.end();
    this.controller?.abort(new Error(error));
    this.options.onFailure(status, error);
  }

  private end(): void {
    this.over = true;
    this.lastByteAt = performance.now();
    this.backendSilence.stop();
    this.clientStall.stop();
    this.leave();
  }
}

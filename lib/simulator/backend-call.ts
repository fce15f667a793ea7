import { type Duplex, Readable } from "node:stream";
import { type ErrorInfo } from "./access-log.js";
import { type BackendConnection, type BackendRequest, type ConnectionUser } from "./backend-connection.js";
import { type BackendMember } from "./backend-member.js";
import { Buffered } from "./buffering.js";
import { type ClientAnswer } from "./client-answer.js";
import { Countdown } from "./countdown.js";
import { type GatewayStatus } from "./error-page.js";
import { type Headers, endToEnd } from "./headers.js";

export interface BackendCallOptions {
  readonly member: BackendMember;
  readonly request: BackendRequest;
  /** Nothing, all of the body, or the rest of what the client sends. */
  readonly body: Buffer | Readable | undefined;
  readonly answer: ClientAnswer;
  /** How long the client may be silent. */
  readonly clientTimeoutMilliseconds: number;
  readonly buffering: boolean;
  /** Changes the answer's headers in place. */
  readonly rewrite: (statusCode: number, headers: Headers) => void;
  /** Called once when the answer is complete, or else `onFailure` when it will not be. */
  readonly onEnd: () => void;
  readonly onFailure: (status: GatewayStatus, error: ErrorInfo) => void;
}

/**
 * One request at one backend, its answer copied to the client as it comes (or held, with buffering on). Whoever is slow
 * slows the other down: nothing piles up in between. There is one attempt and no other backend after it, as on Azure.
 */
export class BackendCall implements ConnectionUser {
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
  private connection: BackendConnection | undefined;
  private readonly held: Buffered | undefined;
  /** Of the body, what has arrived but was not passed on yet. */
  private readonly arrived: Buffer[] = [];
  private uploading = false;
  /** The backend takes no more of the request at the moment. */
  private uploadWaits = false;
  /** The client takes no more of the answer at the moment. */
  private answerWaits = false;
  private clientStall: Countdown | undefined;

  constructor(private readonly options: BackendCallOptions) {
    this.held = options.buffering ? new Buffered() : undefined;
  }

  start(): void {
    const { member, request, body } = this.options;
    member.enter();
    this.connection = member.connections.take();
    if (body instanceof Readable) {
      this.connection.start(this, request, "stream");
      this.upload(body);
    } else {
      this.receivedBytes = body?.length ?? 0;
      this.connection.start(this, request, body);
    }
  }

  /** Ends it from outside: the client has left, or the gateway ends. */
  cut(status: GatewayStatus = 502, error: ErrorInfo = "ERRORINFO_UPSTREAM_CLOSED_CONNECTION"): void {
    if (this.over) return;
    this.end();
    this.connection?.destroy();
    this.options.onFailure(status, error);
  }

  onHead(status: number, received: Headers): void {
    this.firstByteAt = performance.now();
    this.status = status;
    const { answer, rewrite } = this.options;
    const headers = status === 101 ? received : endToEnd(received);
    rewrite(status, headers);
    if (status === 101) this.tunnel(answer.switchProtocols(headers));
    else if (!answer.begin(status, headers)) this.cut();
  }

  onBody(chunk: Buffer): void {
    if (this.over) return;
    // The memory is read into again.
    const copy = Buffer.from(chunk);
    if (this.held === undefined) this.arrived.push(copy);
    else if (this.held.add(copy)) this.arrived.push(this.held.take());
  }

  onPause(): void {
    if (this.status === 0 || this.over) return;
    const chunk = this.takeArrived();
    if (chunk !== undefined) this.send(chunk);
    else if (this.held === undefined && this.firstByteSentAt === 0) {
      this.firstByteSentAt = performance.now();
      this.options.answer.flush();
    }
  }

  onEnd(): void {
    if (this.over) return;
    const rest = this.takeArrived(this.held?.take());
    this.end();
    this.sentBytes += rest?.length ?? 0;
    this.firstByteSentAt ||= this.lastByteAt;
    this.options.answer.end(rest);
    this.options.onEnd();
  }

  onDrain(): void {
    const { body } = this.options;
    if (this.over || !(body instanceof Readable)) return;
    this.uploadWaits = false;
    this.awaitClient();
    body.resume();
  }

  onSilence(): void {
    this.cut(504, "ERRORINFO_UPSTREAM_TIMED_OUT");
  }

  onBroken(): void {
    this.cut(502, "ERRORINFO_UPSTREAM_CLOSED_CONNECTION");
  }

  private upload(body: Readable): void {
    this.uploading = true;
    this.awaitClient();
    body.on("data", (chunk: Buffer) => {
      this.receivedBytes += chunk.length;
      if (this.over) return;
      this.uploadWaits = this.connection?.write(chunk) === false;
      if (this.uploadWaits) body.pause();
      this.awaitClient();
    });
    body.once("end", () => {
      this.uploading = false;
      if (this.over) return;
      this.awaitClient();
      this.connection?.finish();
    });
    body.resume();
  }

  /** After 101, what comes from either side goes to the other, until one of them ends it. */
  private tunnel(client: Duplex | undefined): void {
    if (client === undefined) return this.cut();
    client.on("data", (chunk: Buffer) => {
      this.receivedBytes += chunk.length;
      if (!this.over && this.connection?.write(chunk) === false) client.pause();
    });
    client.once("end", () => {
      this.onEnd();
      this.connection?.destroy();
    });
  }

  private takeArrived(more?: Buffer): Buffer | undefined {
    if (more !== undefined && more.length > 0) this.arrived.push(more);
    if (this.arrived.length < 2) return this.arrived.pop();
    return Buffer.concat(this.arrived.splice(0));
  }

  private send(chunk: Buffer): void {
    this.sentBytes += chunk.length;
    this.firstByteSentAt ||= performance.now();
    const { answer } = this.options;
    if (answer.write(chunk)) return;
    // While the client is slow, the backend has nothing to answer for.
    this.connection?.pause();
    this.answerWaits = true;
    this.awaitClient();
    answer.onceDrained(() => {
      if (this.over) return;
      this.answerWaits = false;
      this.awaitClient();
      this.connection?.resume();
    });
  }

  /** It is the client's turn if it has to take something of the answer, or to send something that the backend takes. */
  private awaitClient(): void {
    if (!this.answerWaits && (!this.uploading || this.uploadWaits)) {
      this.clientStall?.stop();
      return;
    }
    const { clientTimeoutMilliseconds } = this.options;
    this.clientStall ??= new Countdown(clientTimeoutMilliseconds, () => this.cut(408, "ERRORINFO_CLIENT_TIMED_OUT"));
    this.clientStall.restart();
  }

  private end(): void {
    this.over = true;
    this.lastByteAt = performance.now();
    this.clientStall?.dispose();
    this.options.member.leave();
  }
}

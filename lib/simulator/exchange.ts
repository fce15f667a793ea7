import { randomUUID } from "node:crypto";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { type Http2ServerResponse, constants } from "node:http2";
import { type Readable } from "node:stream";
import { type ForwardAction, type GatewayModel, type RoutingRule } from "../synthesized/gateway-model.js";
import { type AccessLogEntry, type ErrorInfo } from "./access-log.js";
import { BackendCall } from "./backend-call.js";
import { type BackendMember } from "./backend-member.js";
import { arrivedBody, bufferedBody } from "./buffering.js";
import { ClientRequest } from "./client-request.js";
import { type GatewayStatus, SERVER, errorPage } from "./error-page.js";
import { type GatewayInstance } from "./gateway-instance.js";
import { acceptable, addForwardedHeaders, endToEnd } from "./headers.js";
import { redirectLocation } from "./redirect.js";
import { type RewritableRequest, rewriteRequest, rewriteResponse } from "./rewrite.js";
import { type Route, overridePath, routeForPath, ruleForHost } from "./routing.js";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#application-gateway-limits */
export const MAXIMUM_URL_BYTES = 32 * 1_024;

/** https://learn.microsoft.com/azure/application-gateway/http-response-codes#408--request-timeout */
const CLIENT_TIMEOUT_MILLISECONDS = 60_000;

/** Rewrites that send a request round and round end with 500. */
const MAXIMUM_REEVALUATIONS = 10;

/** What all requests of one local port have in common. */
export interface Site {
  readonly model: GatewayModel;
  /** Those of the port's listeners, highest priority first. */
  readonly rules: readonly RoutingRule[];
  readonly timeScale: number;
  /** The host name that a Host header asks for. */
  readonly askedHost: (host: string) => string;
  readonly accessLog: ((entry: AccessLogEntry) => void) | undefined;
  readonly localUrl: (listener: string) => string;
}

/** One request of a client and its answer: decides where it goes, hands it over, and writes the access log. */
export class Exchange {
  private readonly started = performance.now();
  private readonly traceId = randomUUID().replaceAll("-", "");
  private readonly client: ClientRequest;
  private error: ErrorInfo = "ERRORINFO_NO_ERROR";
  private rule: RoutingRule | undefined;
  private action: ForwardAction | undefined;
  private member: BackendMember | undefined;
  private call: BackendCall | undefined;
  /** As the backend gets it. */
  private sent: RewritableRequest | undefined;
  private clientLeft = false;
  /** Of the body that the gateway answered by itself. */
  private pageBytes = 0;

  constructor(
    private readonly site: Site,
    private readonly instance: GatewayInstance,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.client = new ClientRequest(request);
  }

  /** Resolves once the answer is on its way; `onClose` is called when everything is over. */
  async serve(onClose: () => void): Promise<void> {
    // An upload that breaks off is an error of the request too; it is dealt with where the answer closes.
    this.request.on("error", () => undefined);
    this.response.once("close", () => {
      this.closed();
      onClose();
    });
    if (this.request.httpVersionMajor > 1) this.dropRestOfUpload();
    if (this.client.url.length > MAXIMUM_URL_BYTES) return this.answer(413, "ERRORINFO_REQUEST_URI_INVALID");
    this.rule = ruleForHost(this.site.rules, this.site.askedHost(this.client.host));
    if (this.rule === undefined) return this.answer(404);
    if (this.isTooLarge(this.client.contentLength)) return this.answer(413);

    const request = this.forwarded(this.rule);
    const route = rewrittenRoute(routeForPath(this.rule, this.client.path), request);
    if (route === "loop") return this.answer(500);
    const { action, pattern } = route;
    if (action.kind === "redirect") {
      const location = redirectLocation(action, this.client, this.site.askedHost, this.site.localUrl);
      return this.answer(action.statusCode, undefined, { location });
    }
    this.action = action;
    request.path = overridePath(request.path, action, pattern);

    const body = await this.body();
    if (body === "client left" || this.clientLeft) return;
    if (body === "client stalled") return this.answer(408, "ERRORINFO_CLIENT_TIMED_OUT");
    if (body === "too large") return this.answer(413);
    this.member = this.instance.choose(action);
    if (this.member === undefined) return this.answer(502, "ERRORINFO_UPSTREAM_NO_LIVE");
    this.handOver(this.member, action, request, body);
  }

  /** Ends it now. */
  cut(): void {
    this.call?.cut();
    this.breakOff();
  }

  /** The request as the backend will get it, before rewrite rules. */
  private forwarded(rule: RoutingRule): RewritableRequest {
    const { clientIp, clientPort, scheme, host, url, path, query } = this.client;
    const { port } = rule.listener;
    const headers = acceptable(endToEnd(this.client.headers));
    addForwardedHeaders(headers, { clientIp, clientPort, scheme, port, host, url, traceId: this.traceId });
    headers["host"] = host;
    this.sent = { path, query, headers, variable: (name) => this.client.serverVariable(name, port) };
    return this.sent;
  }

  private async body(): Promise<Buffer | Readable | null | "client left" | "client stalled" | "too large"> {
    if (!this.client.hasBody) return null;
    const arrived = await arrivedBody(this.request);
    if (arrived === undefined && !this.site.model.requestBuffering) return this.request;
    const body = arrived ?? (await bufferedBody(this.request, CLIENT_TIMEOUT_MILLISECONDS / this.site.timeScale));
    if (typeof body === "string") return body;
    return this.isTooLarge(body instanceof Buffer ? body.length : Infinity) ? "too large" : body;
  }

  private isTooLarge(bytes: number): boolean {
    const { firewall } = this.site.model;
    // Forms with files have a limit of their own, which is not simulated.
    if (this.client.headers["content-type"]?.startsWith("multipart/form-data") === true) return false;
    return firewall?.mode === "Prevention" && bytes > (firewall.maximumRequestBodyBytes ?? Infinity);
  }

  private handOver(
    member: BackendMember,
    action: ForwardAction,
    sent: RewritableRequest,
    body: Buffer | Readable | null,
  ): void {
    const { host } = action.settings;
    // A rewritten Host is what the rule's author wants; otherwise the settings decide.
    if (sent.headers["host"] === this.client.host && host.from !== "client") {
      sent.headers["host"] = host.from === "member" ? member.fqdn : host.hostName;
    }
    this.call = new BackendCall({
      member,
      method: this.client.method,
      path: sent.query === "" ? sent.path : `${sent.path}?${sent.query}`,
      headers: sent.headers,
      body,
      request: this.request,
      response: this.response,
      timeoutMilliseconds: action.settings.requestTimeout.toMilliseconds() / this.site.timeScale,
      clientTimeoutMilliseconds: CLIENT_TIMEOUT_MILLISECONDS / this.site.timeScale,
      buffering: this.site.model.responseBuffering,
      rewrite: (statusCode, headers) => rewriteResponse(action.rewrites, sent, { statusCode, headers }),
      onFailure: (status, error) => this.answer(status, error),
    });
    this.call.start();
  }

  /** Answers by itself; if the backend's answer has begun, all that is left is to break it off. */
  private answer(status: GatewayStatus, error?: ErrorInfo, headers: Readonly<Record<string, string>> = {}): void {
    if (this.clientLeft) return;
    this.error = error ?? this.error;
    if (this.response.headersSent) {
      this.breakOff();
      return;
    }
    const page = errorPage(status);
    const length = Buffer.byteLength(page);
    this.response.writeHead(status, {
      server: SERVER,
      "content-type": "text/html",
      "content-length": length,
      ...headers,
    });
    this.response.end(page);
    this.pageBytes = this.client.method === "HEAD" ? 0 : length;
  }

  private breakOff(): void {
    if (this.request.httpVersionMajor < 2) this.request.socket.destroy();
    else (this.response as unknown as Http2ServerResponse).stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /**
   * Reads and drops what is left of an upload when its answer is complete, as Node does over HTTP/1.1: an HTTP/2 stream is
   * open until the client has sent all. One that sends nothing for long is told to stop.
   */
  private dropRestOfUpload(): void {
    const { stream } = this.response as unknown as Http2ServerResponse;
    stream.once("finish", () => {
      if (stream.readableEnded) return;
      // Node's listener would pause the stream for a request that nobody reads any more.
      stream.removeAllListeners("data").resume();
      stream.setTimeout(CLIENT_TIMEOUT_MILLISECONDS / this.site.timeScale, () => stream.destroy());
    });
  }

  private closed(): void {
    const complete = this.isComplete();
    if (!complete && this.error === "ERRORINFO_NO_ERROR") {
      this.clientLeft = true;
      this.error = "ERRORINFO_CLIENT_CLOSED_REQUEST";
      this.call?.cut();
    }
    try {
      this.site.accessLog?.(this.logEntry());
    } catch (error) {
      // A defect of the caller's function is neither silent nor the end of the process.
      process.emitWarning(`accessLog threw: ${String(error)}`);
    }
  }

  private isComplete(): boolean {
    if (this.request.httpVersionMajor < 2) return this.response.writableFinished;
    const { stream, writableEnded } = this.response as unknown as Http2ServerResponse;
    return writableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR;
  }

  private logEntry(): AccessLogEntry {
    const { client, rule, action, member, call, sent } = this;
    const status = this.response.headersSent ? this.response.statusCode : 0;
    return {
      TimeGenerated: new Date().toISOString(),
      OperationName: "ApplicationGatewayAccess",
      InstanceId: `instance_${this.instance.number}`,
      ListenerName: rule?.listener.name ?? "",
      RuleName: rule?.name ?? "",
      BackendPoolName: action?.pool.name ?? "",
      BackendSettingName: action?.settings.name ?? "",
      ClientIp: client.clientIp,
      ClientPort: client.clientPort,
      HttpMethod: client.method,
      RequestUri: sent?.path ?? client.path,
      RequestQuery: sent?.query ?? client.query,
      UserAgent: client.headers["user-agent"] ?? "",
      HttpStatus: this.clientLeft ? CLIENT_CLOSED_REQUEST : status,
      HttpVersion: client.httpVersion,
      ReceivedBytes: call?.receivedBytes ?? 0,
      SentBytes: (call?.sentBytes ?? 0) + this.pageBytes,
      TimeTaken: seconds(performance.now() - this.started),
      ClientResponseTime: call === undefined ? 0 : seconds(call.firstByteSentAt - call.firstByteAt),
      SslEnabled: client.scheme === "https" ? "on" : "off",
      SslCipher: client.tlsCipher,
      SslProtocol: client.tlsProtocol,
      Host: String(sent?.headers["host"] ?? client.host),
      OriginalHost: client.host,
      OriginalRequestUriWithArgs: client.url,
      ServerRouted: member === undefined ? "" : `${member.fqdn}:${member.settings.port}`,
      ServerStatus: call?.status ?? 0,
      ServerResponseLatency: call === undefined ? 0 : seconds(call.lastByteAt - call.startedAt),
      TransactionId: this.traceId,
      ErrorInfo: this.error,
    };
  }
}

/** What the access log says of a client that did not wait. */
const CLIENT_CLOSED_REQUEST = 499;

/** Applies rewrite rules, again for each path map entry that a rewritten path leads to. */
function rewrittenRoute(first: Route, request: RewritableRequest): Route | "loop" {
  let route = first;
  for (let round = 0; route.action.kind === "forward"; round += 1) {
    if (!rewriteRequest(route.action.rewrites, request)) break;
    if (round === MAXIMUM_REEVALUATIONS) return "loop";
    route = routeForPath(route.rule, request.path);
  }
  return route;
}

function seconds(milliseconds: number): number {
  return Math.round(Math.max(0, milliseconds)) / 1_000;
}

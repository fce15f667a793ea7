import { randomFillSync } from "node:crypto";
import { type IncomingMessage } from "node:http";
import {
  type Firewall,
  type ForwardAction,
  type GatewayModel,
  type RoutingRule,
} from "../synthesized/gateway-model.js";
import { type AccessLogEntry, type ErrorInfo } from "./access-log.js";
import { BackendCall } from "./backend-call.js";
import { type BackendMember } from "./backend-member.js";
import { type ClientAnswer } from "./client-answer.js";
import { ClientRequest } from "./client-request.js";
import { Countdown } from "./countdown.js";
import { type FirewallRules } from "./firewall-rules.js";
import { type GatewayStatus, SERVER, errorPage } from "./error-page.js";
import { type GatewayInstance } from "./gateway-instance.js";
import { acceptable, addForwardedHeaders, endToEnd } from "./headers.js";
import { logEntry } from "./log-entry.js";
import { redirectLocation } from "./redirect.js";
import { type RequestBody, readBody } from "./request-body.js";
import { type RewritableRequest, rewriteRequest, rewriteResponse } from "./rewrite.js";
import { type Route, overridePath, routeForPath, ruleForHost } from "./routing.js";

/** https://learn.microsoft.com/azure/application-gateway/http-response-codes#408--request-timeout */
export const CLIENT_TIMEOUT_MILLISECONDS = 60_000;

/** Rewrites that send a request round and round end with 500. */
const MAXIMUM_REEVALUATIONS = 10;

/** What the access log says of a client that did not wait. */
const CLIENT_CLOSED_REQUEST = 499;

/** What all requests of one local port have in common. */
export interface Site {
  readonly model: GatewayModel;
  /** Those of the port's listeners, highest priority first. */
  readonly rules: readonly RoutingRule[];
  readonly timeScale: number;
  readonly firewallRules: FirewallRules;
  /** The host name that a Host header asks for. */
  readonly askedHost: (host: string) => string;
  readonly log: ((entry: () => AccessLogEntry) => void) | undefined;
  readonly localUrl: (listener: string) => string;
}

export interface ExchangeOptions {
  readonly site: Site;
  readonly instance: GatewayInstance;
  readonly request: IncomingMessage;
  readonly answer: ClientAnswer;
  /** The client wants to switch to another protocol: WebSocket. */
  readonly upgrade: boolean;
  readonly onOver: (exchange: Exchange) => void;
}

/** One request of a client and its answer: decides where it goes, hands it over, and writes the access log. */
export class Exchange {
  private readonly started = performance.now();
  private readonly traceId = newTraceId();
  private readonly client: ClientRequest;
  private error: ErrorInfo = "ERRORINFO_NO_ERROR";
  private rule: RoutingRule | undefined;
  private action: ForwardAction | undefined;
  private firewall: Firewall | undefined;
  private member: BackendMember | undefined;
  private call: BackendCall | undefined;
  /** As the backend gets it. */
  private sent: RewritableRequest | undefined;
  private over = false;
  /** Of the body that the gateway answered by itself. */
  private pageBytes = 0;

  constructor(private readonly options: ExchangeOptions) {
    this.client = new ClientRequest(options.request);
  }

  /** Decides what happens to the request, and begins with it. */
  serve(): void {
    this.attempt(() => this.decide());
  }

  /** The answer or its connection has closed: everything is over. */
  close(): void {
    if (this.over) return;
    this.over = true;
    const { site, answer, onOver } = this.options;
    const clientLeft = !answer.isComplete && this.error === "ERRORINFO_NO_ERROR";
    if (clientLeft) this.error = "ERRORINFO_CLIENT_CLOSED_REQUEST";
    this.call?.cut();
    site.log?.(() => this.logEntry(clientLeft ? CLIENT_CLOSED_REQUEST : answer.status));
    onOver(this);
  }

  /** Has the client sent all of the request? */
  get isRead(): boolean {
    return this.options.request.complete;
  }

  /** What the client sends is not what it announced. */
  refuse(status: 400 | 405 | 408, error: ErrorInfo): void {
    if (this.call === undefined) this.answer(status, error);
    else this.call.cut(status, error);
  }

  /** Ends it now. */
  cut(): void {
    this.call?.cut();
    this.options.answer.breakOff();
    this.close();
  }

  private decide(): void {
    const { site, instance } = this.options;
    const refusal = this.client.refusal();
    if (refusal !== undefined) return this.answer(refusal.status, refusal.error);
    this.rule = ruleForHost(site.rules, site.askedHost(this.client.host));
    if (this.rule === undefined) return this.answer(404, "ERRORINFO_INVALID_HOST");
    const request = this.forwarded(this.rule);
    const route = rewrittenRoute(routeForPath(this.rule, this.client.path), request);
    if (route === "loop") return this.answer(500);
    const { action, pattern } = route;
    const verdict = route.firewall && site.firewallRules.judge(route.firewall, this.client.clientIp);
    if (verdict === "block") return this.answer(403);
    // What a custom rule allows is not looked at any further.
    this.firewall = verdict === "allow" ? undefined : route.firewall;
    if (this.isTooLarge(this.client.contentLength)) return this.answer(413);
    if (action.kind === "redirect") {
      const location = redirectLocation(action, this.client, site.askedHost, site.localUrl);
      return this.answer(action.statusCode, undefined, { location });
    }
    this.action = action;
    request.path = overridePath(request.path, action, pattern);
    this.whenBodyIsThere((body) => {
      this.member = instance.choose(action);
      if (this.member === undefined) this.answer(502, "ERRORINFO_UPSTREAM_NO_LIVE");
      else this.handOver(this.member, action, request, body);
    });
  }

  /** A defect of the gateway's own costs one request, not the process. */
  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      process.emitWarning(`a request is answered with 500: ${String(error)}`);
      this.answer(500);
    }
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

  private whenBodyIsThere(goOn: (body: RequestBody | undefined) => void): void {
    if (!this.client.hasBody) return goOn(undefined);
    const { site, request } = this.options;
    readBody(request, {
      hold: site.model.requestBuffering,
      clientTimeoutMilliseconds: CLIENT_TIMEOUT_MILLISECONDS / site.timeScale,
      onBody: (body) => {
        if (this.over) return;
        if (this.isTooLarge(body instanceof Buffer ? body.length : this.knownLength())) this.answer(413);
        else this.attempt(() => goOn(body));
      },
      onStall: () => this.answer(408, "ERRORINFO_CLIENT_TIMED_OUT"),
    });
  }

  /** Of a body that does not fit into the buffer, or that nobody holds back. */
  private knownLength(): number {
    return this.options.site.model.requestBuffering ? Infinity : this.client.contentLength;
  }

  private isTooLarge(bytes: number): boolean {
    const { firewall } = this;
    // Forms with files have a limit of their own, which is not simulated.
    if (this.client.headers["content-type"]?.startsWith("multipart/form-data") === true) return false;
    return firewall?.mode === "Prevention" && bytes > (firewall.maximumRequestBodyBytes ?? Infinity);
  }

  private handOver(
    member: BackendMember,
    action: ForwardAction,
    sent: RewritableRequest,
    body: RequestBody | undefined,
  ): void {
    const { site, answer, upgrade } = this.options;
    const { host } = action.settings;
    const { headers } = sent;
    // A rewritten Host is what the rule's author wants; otherwise the settings decide.
    if (headers["host"] === this.client.host && host.from !== "client") {
      headers["host"] = host.from === "member" ? member.fqdn : host.hostName;
    }
    if (body instanceof Buffer) headers["content-length"] = String(body.length);
    if (upgrade) Object.assign(headers, { connection: "Upgrade", upgrade: this.client.headers.upgrade });
    this.call = new BackendCall({
      member,
      request: {
        method: this.client.method,
        path: sent.query === "" ? sent.path : `${sent.path}?${sent.query}`,
        headers,
        upgrade,
      },
      body,
      answer,
      clientTimeoutMilliseconds: CLIENT_TIMEOUT_MILLISECONDS / site.timeScale,
      buffering: site.model.responseBuffering,
      rewrite: (statusCode, received) => rewriteResponse(action.rewrites, sent, { statusCode, headers: received }),
      onEnd: () => this.dropRestOfUpload(),
      onFailure: (status, error) => this.answer(status, error),
    });
    this.call.start();
  }

  /** Answers by itself; if the backend's answer has begun, all that is left is to break it off. */
  private answer(status: GatewayStatus, error?: ErrorInfo, headers: Readonly<Record<string, string>> = {}): void {
    if (this.over) return;
    this.error = error ?? this.error;
    const { answer } = this.options;
    const page = Buffer.from(errorPage(status));
    const common = { server: SERVER, "content-type": "text/html", "content-length": String(page.length) };
    if (answer.status !== 0 || !answer.begin(status, { ...common, ...headers })) {
      answer.breakOff();
      return;
    }
    answer.end(page);
    this.pageBytes = this.client.method === "HEAD" ? 0 : page.length;
    this.dropRestOfUpload();
  }

  /** Reads and drops what is left of an upload when its answer is complete; a client that then stalls is told to stop. */
  private dropRestOfUpload(): void {
    const { site, request, answer } = this.options;
    if (request.complete || request.destroyed) return;
    const stall = new Countdown(CLIENT_TIMEOUT_MILLISECONDS / site.timeScale, () => answer.stopUpload());
    stall.restart();
    // Node forgets a request of HTTP/1.1 once it is answered, and does not tell it that the client has gone.
    const forget = answer.onceGone(() => stall.dispose());
    request
      .on("data", () => stall.restart())
      .once("end", () => {
        stall.dispose();
        forget();
      })
      .resume();
  }

  private logEntry(status: number): AccessLogEntry {
    const { client, rule, action, member, call, sent, error, traceId, pageBytes } = this;
    const instance = this.options.instance.number;
    const milliseconds = performance.now() - this.started;
    return logEntry({
      ...{ instance, client, rule, action, member, call, sent, status, error, traceId, pageBytes, milliseconds },
    });
  }
}

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

const RANDOM = Buffer.alloc(4_096);
let randomAt = RANDOM.length;

/** 32 hexadecimal digits. */
function newTraceId(): string {
  if (randomAt === RANDOM.length) {
    randomFillSync(RANDOM);
    randomAt = 0;
  }
  randomAt += 16;
  return RANDOM.toString("hex", randomAt - 16, randomAt);
}

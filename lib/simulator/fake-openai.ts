import { type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Duration } from "../duration.js";
import { type Certificate, throwAwayCertificate } from "./certificate.js";
import { Account, type FakeDeployment } from "./fake-openai/account.js";
import { type Answer, jsonAnswer } from "./fake-openai/answer.js";
import { writeAnswer } from "./fake-openai/answer-writer.js";
import { Authentication, type AuthenticationProps } from "./fake-openai/authentication.js";
import { type FaultAction, FaultScript, type InjectOptions } from "./fake-openai/faults.js";
import { Latency } from "./fake-openai/latency.js";
import { Listener, type ListenerState } from "./fake-openai/listener.js";
import { type RateLimitState } from "./fake-openai/rate-limit.js";
import { readBytes } from "./fake-openai/request-body.js";
import { LOGGED_BODY_BYTES, RequestLog, type RequestRecord } from "./fake-openai/request-log.js";
import { API_VERSIONS } from "./fake-openai/route.js";
import { Service } from "./fake-openai/service.js";
import { type NotHeldErrors, ServiceError } from "./fake-openai/service-error.js";
import { failing } from "./fake-openai/stream-failure.js";
import { SimulatorOptionError } from "./simulator-option-error.js";

export interface FakeOpenAiOptions extends AuthenticationProps {
  /** For messages and the default reply. @default "fake-openai" */
  readonly name?: string;
  /** What `x-ms-region` says. @default "East US" */
  readonly region?: string;
  /** @default {@link DEFAULT_DEPLOYMENTS}: `gpt-4o` and `text-embedding-3-small`, without limits */
  readonly deployments?: readonly FakeDeployment[];
  /** Versions that the legacy API answers to. @default {@link API_VERSIONS} */
  readonly apiVersions?: readonly string[];
  /** The health path of the layer in front of the service. @default {@link DEFAULT_STATUS_PATH} */
  readonly statusPath?: string;
  /** The text of every completion; a stream sends it word by word. @default "Hello from <name>." */
  readonly reply?: string;
  /** How what only another account holds is refused. @default "coded" */
  readonly notHeldErrors?: NotHeldErrors;
  /** Time before an answer starts. @default none */
  readonly latency?: Latency;
  /** Time between two events of a stream. @default 0 s */
  readonly eventInterval?: Duration;
  /** Over which the requests of a deployment with a limit are counted: Azure takes 1 s or 10 s. @default 10 s */
  readonly requestWindow?: Duration;
  /** TLS with this certificate, or with a throw-away one. @default plain HTTP */
  readonly tls?: true | Certificate;
  /** @default 0, any free port */
  readonly port?: number;
  /** How many requests `requests` remembers. @default 1000 */
  readonly requestLogSize?: number;
  /** The time now in milliseconds, for limits and dates. @default Date.now */
  readonly clock?: () => number;
  /** Evenly in [0, 1), for latency. @default Math.random */
  readonly random?: () => number;
}

export const DEFAULT_REGION = "East US";
export const DEFAULT_STATUS_PATH = "/status-0123456789abcdef";
export const DEFAULT_DEPLOYMENTS: readonly FakeDeployment[] = [{ name: "gpt-4o" }, { name: "text-embedding-3-small" }];
export const DEFAULT_REQUEST_WINDOW = Duration.seconds(10);
export const DEFAULT_REQUEST_LOG_SIZE = 1_000;

/**
 * An Azure OpenAI account on a local port, for tests: both APIs with their errors, limits, streams and stored objects,
 * and faults on demand.
 *
 * @example
 * await using server = await FakeOpenAi.create({ deployments: [{ name: "gpt-4o", requestsPerMinute: 60 }] });
 * server.inject(Fault.status(503), { times: 2 });
 */
export class FakeOpenAi {
  /** @throws SimulatorOptionError for an option that cannot be. @throws Error if the port is taken. */
  static async create(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
    const certificate = options.tls === true ? await throwAwayCertificate([]) : options.tls;
    const fake = new FakeOpenAi(options, certificate);
    await fake.listener.listen(options.port ?? 0);
    return fake;
  }

  readonly name: string;
  readonly region: string;
  /** May be set at any time. */
  latency: Latency;
  /** May be set at any time. */
  eventInterval: Duration;
  private readonly account: Account;
  private readonly service: Service;
  private readonly faults = new FaultScript();
  private readonly log: RequestLog;
  private readonly listener: Listener;
  private probes = 0;
  private received = 0;

  private constructor(
    private readonly options: FakeOpenAiOptions,
    private readonly certificate: Certificate | undefined,
  ) {
    const { name = "fake-openai", requestLogSize = DEFAULT_REQUEST_LOG_SIZE } = options;
    if (!Number.isInteger(requestLogSize) || requestLogSize < 1) {
      throw new SimulatorOptionError(`requestLogSize is a whole number, 1 or more; got ${requestLogSize}`);
    }
    this.name = name;
    this.region = options.region ?? DEFAULT_REGION;
    this.latency = options.latency ?? Latency.none();
    this.eventInterval = options.eventInterval ?? Duration.seconds(0);
    this.account = new Account({
      deployments: options.deployments ?? DEFAULT_DEPLOYMENTS,
      requestWindow: options.requestWindow ?? DEFAULT_REQUEST_WINDOW,
      reply: options.reply ?? `Hello from ${name}.`,
      notHeldErrors: options.notHeldErrors ?? "coded",
      clock: options.clock ?? Date.now,
    });
    const authentication = new Authentication(options);
    const apiVersions = options.apiVersions ?? API_VERSIONS;
    this.service = new Service({ account: this.account, authentication, region: this.region, apiVersions });
    this.log = new RequestLog(requestLogSize);
    this.listener = new Listener(certificate, (request, response) => void this.serve(request, response));
  }

  get state(): ListenerState {
    return this.listener.state;
  }

  get port(): number {
    return this.listener.port;
  }

  /** The origin, without a slash at the end. */
  get url(): string {
    return this.listener.url;
  }

  /** For a client's `ca` option; undefined without TLS. */
  get certificatePem(): string | undefined {
    return this.certificate?.cert;
  }

  /** The last API requests in the order of their arrival, without probes and credentials. */
  get requests(): readonly RequestRecord[] {
    return this.log.records;
  }

  /** API requests since the start or `clearRequests()`, also those that `requests` has forgotten. */
  get requestCount(): number {
    return this.received;
  }

  /** Requests to the status path since the start or `clearRequests()`. */
  get probeCount(): number {
    return this.probes;
  }

  /** How much of a deployment's limits is left now; undefined if the account has no such deployment. */
  rateLimit(deployment: string): RateLimitState | undefined {
    return this.account.rateLimit(deployment);
  }

  /** Forgets what was asked so far: `requests`, `requestCount` and `probeCount` start anew. */
  clearRequests(): void {
    this.log.clear();
    this.received = 0;
    this.probes = 0;
  }

  /** Makes requests from now on meet a fault; several are met in the order of their injection. */
  inject(fault: FaultAction, options: InjectOptions = {}): void {
    this.faults.add(fault, options);
  }

  /** Ends every fault. Requests that already hang stay hung; a port that refuses is opened by `accept()`. */
  heal(): void {
    this.faults.clear();
  }

  /** Closes the port and every connection: from now on, ECONNREFUSED. */
  refuse(): Promise<void> {
    return this.listener.refuse();
  }

  /** Opens the same port again. @throws Error if the server is closed, or somebody else has the port by now. */
  accept(): Promise<void> {
    return this.listener.listen();
  }

  /** Closes the port and every connection for good. */
  close(): Promise<void> {
    return this.listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const isProbe = path === (this.options.statusPath ?? DEFAULT_STATUS_PATH);
    const fault = this.faults.take(isProbe ? "probe" : "api");
    const exchange = { request, response, path, query, fault, signal: gone.signal };
    try {
      if (isProbe) await this.serveProbe(exchange);
      else await this.serveApi(exchange);
    } catch (error) {
      if (gone.signal.aborted || request.socket.destroyed) return; // the client left
      const body = { error: { code: "500", message: `a defect of the fake server: ${String(error)}` } };
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify(body));
    }
  }

  private async serveProbe(exchange: Exchange): Promise<void> {
    this.probes += 1;
    if (await this.interrupted(exchange)) return;
    const { fault } = exchange;
    const answer = fault?.kind === "status" ? jsonAnswer(fault.body, fault.status) : jsonAnswer({});
    await this.write(exchange, answer, fault?.kind === "status" ? fault.headers : {});
  }

  private async serveApi(exchange: Exchange): Promise<void> {
    const { request, response, path, query, fault } = exchange;
    const entry = this.log.open(request.method ?? "", request.url ?? "", request.headers);
    this.received += 1;
    response.once("finish", () => (entry.completed = true));
    const bytes = await readBytes(request);
    entry.bodyBytes = bytes.length;
    if (await this.interrupted(exchange)) return;
    const { answer, headers, caller, deployment, body } = await this.service.answer({
      method: entry.method,
      path,
      query,
      headers: request.headers,
      bytes,
      failure: fault?.kind === "status" ? new ServiceError(fault.status, fault.body, fault.headers) : undefined,
    });
    const sent = fault?.kind === "stream-error" ? failing(answer, fault.failure, fault.afterEvents) : answer;
    const status = sent.kind === "json" ? sent.status : 200;
    const bodyIsLogged = bytes.length > 0 && bytes.length <= LOGGED_BODY_BYTES;
    Object.assign(entry, { caller, deployment, status, body: bodyIsLogged ? body : undefined });
    await this.write(exchange, sent, headers);
  }

  /** Everything that comes before the first byte of the answer; true if there is none to come. */
  private async interrupted({ request, fault, signal }: Exchange): Promise<boolean> {
    if (fault?.kind === "reset") {
      this.listener.reset(request.socket.remotePort);
      return true;
    }
    if (fault?.kind === "hang") return true;
    const random = this.options.random ?? Math.random;
    const extra = fault?.kind === "delay" ? fault.latency.milliseconds(random) : 0;
    const wait = this.latency.milliseconds(random) + extra;
    if (wait > 0) await sleep(wait, undefined, { signal });
    return false;
  }

  private write({ response, fault, signal }: Exchange, answer: Answer, headers: Record<string, string>): Promise<void> {
    const eventIntervalMilliseconds = this.eventInterval.toMilliseconds();
    return writeAnswer(response, answer, { headers, eventIntervalMilliseconds, fault, signal });
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
  readonly fault: FaultAction | undefined;
  readonly signal: AbortSignal;
}

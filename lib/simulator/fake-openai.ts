import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Duration } from "../duration.js";
import { createThrowAwayCertificate, type ThrowAwayCertificate } from "./certificate.js";
import { Account, type FakeDeployment } from "./fake-openai/account.js";
import { type Answer, jsonAnswer } from "./fake-openai/answer.js";
import { writeAnswer } from "./fake-openai/answer-writer.js";
import { Authentication, type AuthenticationProps } from "./fake-openai/authentication.js";
import { type FaultAction, FaultScript, type InjectOptions } from "./fake-openai/faults.js";
import { Latency } from "./fake-openai/latency.js";
import { parseRequestBody, readBytes } from "./fake-openai/request-body.js";
import { LOGGED_BODY_BYTES, type RequestEntry, RequestLog, type RequestRecord } from "./fake-openai/request-log.js";
import { API_VERSIONS, routeOf } from "./fake-openai/route.js";
import { admit, serviceCall } from "./fake-openai/service.js";
import { ServiceError } from "./fake-openai/service-error.js";

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
  /** Time before an answer starts. @default none */
  readonly latency?: Latency;
  /** Time between two events of a stream. @default 0 s */
  readonly eventInterval?: Duration;
  /** A deployment's limits let through at once what they allow in this time. @default 1 min */
  readonly rateLimitPeriod?: Duration;
  /** TLS with this certificate, or with a throw-away one. @default plain HTTP */
  readonly tls?: true | ThrowAwayCertificate;
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
export const DEFAULT_RATE_LIMIT_PERIOD = Duration.minutes(1);
export const DEFAULT_REQUEST_LOG_SIZE = 1_000;
const HOST = "127.0.0.1";

/** `refusing`: the port is closed, a connection gets ECONNREFUSED; the same port opens again. `closed` is final. */
export type FakeOpenAiState = "listening" | "refusing" | "closed";

/**
 * An Azure OpenAI account on a local port, for tests: both APIs with their errors, limits, streams and stored objects,
 * and faults on demand.
 *
 * @example
 * await using server = await FakeOpenAi.create({ deployments: [{ name: "gpt-4o", requestsPerMinute: 60 }] });
 * server.inject(Fault.status(503), { times: 2 });
 */
export class FakeOpenAi {
  /** @throws Error if the port is taken. */
  static async create(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
    const certificate = options.tls === true ? await createThrowAwayCertificate() : options.tls;
    const fake = new FakeOpenAi(options, certificate);
    await fake.listen(options.port ?? 0);
    return fake;
  }

  readonly name: string;
  readonly region: string;
  /** May be set at any time. */
  latency: Latency;
  /** May be set at any time. */
  eventInterval: Duration;
  private readonly account: Account;
  private readonly authentication: Authentication;
  private readonly faults = new FaultScript();
  private readonly log: RequestLog;
  private readonly server: Server;
  private readonly sockets = new Map<number | undefined, Socket>();
  private currentState: FakeOpenAiState = "refusing";
  private boundPort = 0;
  private probes = 0;
  private received = 0;

  private constructor(
    private readonly options: FakeOpenAiOptions,
    private readonly certificate: ThrowAwayCertificate | undefined,
  ) {
    const { name = "fake-openai", requestLogSize = DEFAULT_REQUEST_LOG_SIZE } = options;
    if (!Number.isInteger(requestLogSize) || requestLogSize < 1) {
      throw new RangeError(`requestLogSize is a whole number, 1 or more; got ${requestLogSize}`);
    }
    this.name = name;
    this.region = options.region ?? DEFAULT_REGION;
    this.latency = options.latency ?? Latency.none();
    this.eventInterval = options.eventInterval ?? Duration.seconds(0);
    this.account = new Account({
      deployments: options.deployments ?? DEFAULT_DEPLOYMENTS,
      rateLimitPeriod: options.rateLimitPeriod ?? DEFAULT_RATE_LIMIT_PERIOD,
      reply: options.reply ?? `Hello from ${name}.`,
      clock: options.clock ?? Date.now,
    });
    this.authentication = new Authentication(options);
    this.log = new RequestLog(requestLogSize);
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.serve(request, response);
    this.server = certificate === undefined ? createServer(serve) : createTlsServer({ ...certificate }, serve);
    this.server.on("connection", (socket: Socket) => {
      const { remotePort } = socket;
      this.sockets.set(remotePort, socket);
      socket.once("close", () => this.sockets.delete(remotePort));
    });
  }

  get state(): FakeOpenAiState {
    return this.currentState;
  }

  get port(): number {
    return this.boundPort;
  }

  /** The origin, without a slash at the end. */
  get url(): string {
    return `${this.certificate === undefined ? "http" : "https"}://${HOST}:${this.boundPort}`;
  }

  /** For a client's `ca` option; undefined without TLS. */
  get certificatePem(): string | undefined {
    return this.certificate?.cert;
  }

  /** The last API requests in the order of their arrival, without probes and credentials. */
  get requests(): readonly RequestRecord[] {
    return this.log.records;
  }

  /** API requests since the start, also those that `requests` has forgotten. */
  get requestCount(): number {
    return this.received;
  }

  /** Requests to the status path since the start. */
  get probeCount(): number {
    return this.probes;
  }

  /** Makes requests from now on meet a fault; several are met in the order of their injection. */
  inject(fault: FaultAction, options: InjectOptions = {}): void {
    this.faults.add(fault, options);
  }

  /** Ends every fault. Requests that already hang stay hung; a port that refuses is opened by `accept()`. */
  heal(): void {
    this.faults.clear();
  }

  /** Closes the port and every connection. */
  async refuse(): Promise<void> {
    if (this.currentState !== "listening") return;
    this.currentState = "refusing";
    await this.stopListening();
  }

  /** Opens the same port again. */
  async accept(): Promise<void> {
    if (this.currentState === "closed") throw new Error(`${this.name} is closed: create another one`);
    if (this.currentState === "refusing") await this.listen(this.boundPort);
  }

  /** Closes the port and every connection for good. */
  async close(): Promise<void> {
    const wasListening = this.currentState === "listening";
    this.currentState = "closed";
    if (wasListening) await this.stopListening();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async listen(port: number): Promise<void> {
    this.server.listen(port, HOST);
    await once(this.server, "listening");
    const address = this.server.address() as AddressInfo;
    this.boundPort = address.port;
    this.currentState = "listening";
  }

  private async stopListening(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
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
    await this.write(exchange, fault?.kind === "status" ? answerOf(fault) : jsonAnswer({}), {});
  }

  private async serveApi(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const entry = this.log.open(request.method ?? "", request.url ?? "", request.headers);
    this.received += 1;
    response.once("finish", () => (entry.completed = true));
    const bytes = await readBytes(request);
    entry.bodyBytes = bytes.length;
    if (await this.interrupted(exchange)) return;
    const headers: Record<string, string> = { "apim-request-id": randomUUID() };
    const answer = await this.answer(exchange, bytes, entry, headers);
    entry.status = answer.kind === "json" ? answer.status : 200;
    await this.write(exchange, answer, headers);
  }

  /** Everything that comes before the first byte of the answer; true if there is none to come. */
  private async interrupted({ request, fault, signal }: Exchange): Promise<boolean> {
    if (fault?.kind === "reset") {
      // Of the TCP socket, which under TLS is not the request's own.
      this.sockets.get(request.socket.remotePort)?.resetAndDestroy();
      return true;
    }
    if (fault?.kind === "hang") return true;
    const random = this.options.random ?? Math.random;
    const extra = fault?.kind === "delay" ? fault.latency.milliseconds(random) : 0;
    const wait = this.latency.milliseconds(random) + extra;
    if (wait > 0) await sleep(wait, undefined, { signal });
    return false;
  }

  /** @param headers gets those that the answer earns on its way */
  private async answer(
    { request, path, query, fault }: Exchange,
    bytes: Buffer,
    entry: RequestEntry,
    headers: Record<string, string>,
  ): Promise<Answer> {
    try {
      const parsed = await parseRequestBody(request.headers["content-type"], bytes);
      if (bytes.length > 0 && bytes.length <= LOGGED_BODY_BYTES) entry.body = parsed.body;
      entry.caller = this.authentication.authenticate(request.headers);
      const apiVersion = new URLSearchParams(query).get("api-version") ?? undefined;
      const route = routeOf(path, apiVersion, this.options.apiVersions ?? API_VERSIONS);
      headers["x-ms-region"] = this.region;
      const { deployment, run } = serviceCall(this.account, request.method ?? "GET", route, parsed);
      entry.deployment = deployment?.name;
      if (deployment !== undefined) {
        headers["x-ms-deployment-name"] = deployment.name;
        try {
          admit(deployment, route, parsed);
        } finally {
          Object.assign(headers, deployment.rateLimit.headers());
        }
      }
      if (fault?.kind === "status") return this.failed(fault, headers);
      const answer = run();
      headers["x-request-id"] = randomUUID();
      if (deployment !== undefined) headers["azureml-model-session"] = MODEL_SESSION;
      return answer;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Object.assign(headers, error.headers);
      return jsonAnswer(error.body, error.status);
    }
  }

  private failed(fault: Extract<FaultAction, { kind: "status" }>, headers: Record<string, string>): Answer {
    Object.assign(headers, fault.headers);
    return answerOf(fault);
  }

  private write({ response, fault, signal }: Exchange, answer: Answer, headers: Record<string, string>): Promise<void> {
    const eventIntervalMilliseconds = this.eventInterval.toMilliseconds();
    return writeAnswer(response, answer, { headers, eventIntervalMilliseconds, fault, signal });
  }
}

const MODEL_SESSION = "v20261001-1-simulated";

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
  readonly fault: FaultAction | undefined;
  readonly signal: AbortSignal;
}

function answerOf(fault: Extract<FaultAction, { kind: "status" }>): Answer {
  return jsonAnswer(fault.body, fault.status);
}

import { type ForwardAction, type RoutingRule } from "../synthesized/gateway-model.js";
import { type AccessLogEntry, type ErrorInfo } from "./access-log.js";
import { type BackendCall } from "./backend-call.js";
import { type BackendMember } from "./backend-member.js";
import { type ClientRequest } from "./client-request.js";
import { type RewritableRequest } from "./rewrite.js";

/** What is known of a request when it is over; what it never reached is absent. */
export interface LoggedExchange {
  readonly instance: number;
  readonly client: ClientRequest;
  readonly rule: RoutingRule | undefined;
  readonly action: ForwardAction | undefined;
  readonly member: BackendMember | undefined;
  readonly call: BackendCall | undefined;
  /** As the backend got it. */
  readonly sent: RewritableRequest | undefined;
  readonly status: number;
  readonly error: ErrorInfo;
  readonly traceId: string;
  readonly milliseconds: number;
  /** Of the body that the gateway answered by itself. */
  readonly pageBytes: number;
}

export function logEntry(exchange: LoggedExchange): AccessLogEntry {
  const { client, rule, action, member, call, sent } = exchange;
  return {
    TimeGenerated: new Date().toISOString(),
    OperationName: "ApplicationGatewayAccess",
    InstanceId: `instance_${exchange.instance}`,
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
    HttpStatus: exchange.status,
    HttpVersion: client.httpVersion,
    ReceivedBytes: call?.receivedBytes ?? 0,
    SentBytes: (call?.sentBytes ?? 0) + exchange.pageBytes,
    TimeTaken: seconds(exchange.milliseconds),
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
    TransactionId: exchange.traceId,
    ErrorInfo: exchange.error,
  };
}

/** What no request could be read from: half of one, or something else than HTTP. */
export interface UnreadRequest {
  readonly instance: number;
  readonly clientIp: string;
  readonly clientPort: number;
  readonly scheme: "http" | "https";
  readonly status: number;
  readonly error: ErrorInfo;
  readonly pageBytes: number;
}

export function unreadEntry({ instance, clientIp, clientPort, scheme, ...answer }: UnreadRequest): AccessLogEntry {
  return {
    TimeGenerated: new Date().toISOString(),
    OperationName: "ApplicationGatewayAccess",
    InstanceId: `instance_${instance}`,
    ListenerName: "",
    RuleName: "",
    BackendPoolName: "",
    BackendSettingName: "",
    ClientIp: clientIp,
    ClientPort: clientPort,
    HttpMethod: "",
    RequestUri: "",
    RequestQuery: "",
    UserAgent: "",
    HttpStatus: answer.status,
    HttpVersion: "",
    ReceivedBytes: 0,
    SentBytes: answer.pageBytes,
    TimeTaken: 0,
    ClientResponseTime: 0,
    SslEnabled: scheme === "https" ? "on" : "off",
    SslCipher: "",
    SslProtocol: "",
    Host: "",
    OriginalHost: "",
    OriginalRequestUriWithArgs: "",
    ServerRouted: "",
    ServerStatus: 0,
    ServerResponseLatency: 0,
    TransactionId: "",
    ErrorInfo: answer.error,
  };
}

function seconds(milliseconds: number): number {
  return Math.round(Math.max(0, milliseconds)) / 1_000;
}

/**
 * One request, with the columns of the table AGWAccessLogs that a local gateway can fill.
 * Latencies are in seconds, sizes in bytes.
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/agwaccesslogs
 */
export interface AccessLogEntry {
  /** ISO 8601, UTC: when the entry was written. */
  readonly TimeGenerated: string;
  readonly OperationName: "ApplicationGatewayAccess";
  /** `instance_0` and so on. */
  readonly InstanceId: string;
  readonly ListenerName: string;
  readonly RuleName: string;
  readonly BackendPoolName: string;
  readonly BackendSettingName: string;
  readonly ClientIp: string;
  readonly ClientPort: number;
  readonly HttpMethod: string;
  /** Path as sent to the backend, without the query string. */
  readonly RequestUri: string;
  readonly RequestQuery: string;
  readonly UserAgent: string;
  /** Sent to the client; 499 if it left before the answer was complete. */
  readonly HttpStatus: number;
  readonly HttpVersion: string;
  /** Body of the request. */
  readonly ReceivedBytes: number;
  /** Body of the answer. */
  readonly SentBytes: number;
  /** First byte of the request to last byte of the answer. */
  readonly TimeTaken: number;
  /** First byte from the backend to first byte to the client. */
  readonly ClientResponseTime: number;
  readonly SslEnabled: "on" | "off";
  readonly SslCipher: string;
  readonly SslProtocol: string;
  /** The Host header sent to the backend. */
  readonly Host: string;
  readonly OriginalHost: string;
  readonly OriginalRequestUriWithArgs: string;
  /** `fqdn:port` of the pool member, as on Azure, not the local server. Empty if no backend was asked. */
  readonly ServerRouted: string;
  /** 0 if no backend answered. */
  readonly ServerStatus: number;
  readonly ServerResponseLatency: number;
  /** The `x-appgw-trace-id` that the backend saw. */
  readonly TransactionId: string;
  readonly ErrorInfo: ErrorInfo;
}

/**
 * Why a request failed, in the access log's words.
 * https://learn.microsoft.com/azure/application-gateway/monitor-application-gateway-reference#access-log-category
 */
export type ErrorInfo =
  | "ERRORINFO_NO_ERROR"
  | "ERRORINFO_INVALID_METHOD"
  | "ERRORINFO_INVALID_METHOD_TRACE"
  | "ERRORINFO_INVALID_REQUEST"
  | "ERRORINFO_INVALID_VERSION"
  | "ERRORINFO_INVALID_HOST"
  | "ERRORINFO_HTTP_NO_HOST_HEADER"
  | "ERRORINFO_CLIENT_CLOSED_REQUEST"
  | "ERRORINFO_CLIENT_TIMED_OUT"
  | "ERRORINFO_REQUEST_URI_INVALID"
  | "ERRORINFO_UPSTREAM_NO_LIVE"
  | "ERRORINFO_UPSTREAM_CLOSED_CONNECTION"
  | "ERRORINFO_UPSTREAM_TIMED_OUT";

/**
 * The columns of the tables that queries read, with their types, as Microsoft lists them.
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/agwaccesslogs
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/agwfirewalllogs (those that the queries use)
 */
export const TABLES: Readonly<Record<string, string>> = {
  AGWAccessLogs: `(
    BackendPoolName: string, BackendSettingName: string, BackendSslCipher: string, BackendSslProtocol: string,
    ClientIp: string, ClientPort: int, ClientResponseTime: real, ErrorInfo: string, Host: string, HttpMethod: string,
    HttpStatus: int, HttpVersion: string, InstanceId: string, ListenerName: string, OperationName: string,
    OriginalHost: string, OriginalRequestUriWithArgs: string, ReceivedBytes: int, RequestQuery: string,
    RequestUri: string, RuleName: string, SentBytes: int, ServerConnectTime: real, ServerHeaderTime: real,
    ServerResponseLatency: real, ServerRouted: string, ServerStatus: int, SourceSystem: string, SslCipher: string,
    SslClientCertificateFingerprint: string, SslClientCertificateIssuerName: string, SslClientVerify: string,
    SslEnabled: string, SslProtocol: string, TenantId: string, TimeGenerated: datetime, TimeTaken: real,
    TransactionId: string, Type: string, UpstreamSourcePort: int, UserAgent: string, WafEvaluationTime: real,
    WafMode: string, WafPolicyId: string, _ResourceId: string, _SubscriptionId: string
  )`,
  AGWFirewallLogs: `(
    Action: string, ClientIp: string, DetailedData: string, DetailedMessage: string, Hostname: string,
    InstanceId: string, Message: string, RequestUri: string, RuleId: string, RuleSetType: string,
    RuleSetVersion: string, TimeGenerated: datetime, TransactionId: string, _ResourceId: string
  )`,
};

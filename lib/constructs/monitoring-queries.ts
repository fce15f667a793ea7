/**
 * Azure's access log has the address of a backend, which accounts of a region may share. The host name that the gateway sends
 * to the backend is the account's own; where it is the client's, there is nothing but the address.
 */
const BACKENDS = `AGWAccessLogs
| where isnotempty(ServerRouted)
| extend Backend = iff(isempty(Host) or Host =~ OriginalHost, ServerRouted, Host)`;

/** Fewer requests say nothing about a share. */
const FEWEST_REQUESTS = 20;

/** A query over the gateway's log tables, and how the workbook shows it. */
export interface MonitoringQuery {
  /** The file's name under docs/kql, without the extension. */
  readonly name: string;
  /** What is written above it. */
  readonly title: string;
  /** In Kusto's language. */
  readonly text: string;
  /** What it is shown as. */
  readonly visualization: "timechart" | "table";
}

/** What the workbook shows, in its order. */
export const WORKBOOK_QUERIES: readonly MonitoringQuery[] = [
  {
    name: "requests-by-backend",
    title: "Requests by backend",
    visualization: "timechart",
    text: `${BACKENDS}
| summarize Requests = count() by bin(TimeGenerated, 5m), Backend
| order by TimeGenerated asc`,
  },
  {
    name: "evenness",
    title: "Evenness of each pool: 100 % is the same number for every backend, 0 % is all for one",
    visualization: "table",
    text: `let requests = ${BACKENDS}
| summarize Requests = count() by BackendPoolName, Backend;
requests
| join kind=inner (
    requests
    | summarize Backends = count(), Total = sum(Requests), Most = max(Requests), Fewest = min(Requests) by BackendPoolName
  ) on BackendPoolName
| summarize Distance = sum(abs(Requests - 1.0 * Total / Backends)) by BackendPoolName, Backends, Total, Most, Fewest
| extend Evenness = iff(Backends < 2, 100.0, round(100.0 * (1 - Distance / (2.0 * Total * (1 - 1.0 / Backends))), 1))
| project Pool = BackendPoolName, Evenness, Backends, Requests = Total, Most, Fewest`,
  },
  {
    name: "answers-by-backend",
    title: "Answers of backends that are no success",
    visualization: "timechart",
    text: `${BACKENDS}
| where ServerStatus >= 400
| summarize Answers = count() by bin(TimeGenerated, 5m), Answer = strcat(Backend, " ", tostring(ServerStatus))
| order by TimeGenerated asc`,
  },
  {
    name: "latency-by-backend",
    title: "Seconds to the last byte, by backend",
    visualization: "table",
    text: `${BACKENDS}
| summarize Requests = count(), percentiles(TimeTaken, 50, 95, 99), FirstByte95 = percentile(ServerResponseLatency, 95) by Backend
| order by Backend asc`,
  },
  {
    name: "gateway-errors",
    title: "Requests that the gateway answered by itself",
    visualization: "table",
    text: `AGWAccessLogs
| where isempty(ServerRouted) or ErrorInfo != "ERRORINFO_NO_ERROR"
| summarize Requests = count(), Last = max(TimeGenerated) by HttpStatus, ErrorInfo, ListenerName
| order by Requests desc`,
  },
  {
    name: "firewall-rules",
    title: "Firewall rules that matched",
    visualization: "table",
    text: `AGWFirewallLogs
| summarize Requests = dcount(TransactionId), Last = max(TimeGenerated) by Action, RuleId, Message
| order by Requests desc`,
  },
];

/** The share of requests that clients got a 5xx for, in percent: metrics have counts only, and an alert cannot divide them. */
export const SERVER_ERRORS_QUERY = `AGWAccessLogs
| summarize Requests = count(), Failed = countif(HttpStatus >= 500)
| where Requests >= ${FEWEST_REQUESTS}
| extend Percent = 100.0 * Failed / Requests
| project Percent`;

/** The share of requests that each backend refused with 429, in percent: metrics have groups of statuses only. */
export const THROTTLED_QUERY = `${BACKENDS}
| summarize Requests = count(), Throttled = countif(ServerStatus == 429) by Backend
| where Requests >= ${FEWEST_REQUESTS}
| extend Percent = 100.0 * Throttled / Requests
| project Backend, Percent`;

/** Every query by the name of its file under docs/kql. */
export const MONITORING_QUERIES: ReadonlyMap<string, string> = new Map([
  ...WORKBOOK_QUERIES.map(({ name, text }) => [name, text] as const),
  ["alert-server-errors", SERVER_ERRORS_QUERY],
  ["alert-throttled", THROTTLED_QUERY],
]);

import { Duration } from "../duration.js";

/** What Azure does to requests in flight when `connection_draining` is not enabled.
 *  https://learn.microsoft.com/azure/application-gateway/configuration-http-settings#connection-draining */
export const DEFAULT_DRAINING = Duration.seconds(30);

/** The provider's default of `backend_http_settings.request_timeout`. */
export const DEFAULT_REQUEST_TIMEOUT = Duration.seconds(30);

/** The probe that Azure runs for settings without `probe_name`.
 *  https://learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview#default-health-probe-settings */
export const DEFAULT_PROBE = {
  path: "/",
  hostName: "127.0.0.1",
  interval: Duration.seconds(30),
  timeout: Duration.seconds(30),
  unhealthyThreshold: 3,
  statusCodes: [{ from: 200, to: 399 }],
} as const;

/** One Application Gateway as Terraform will deploy it, with every name resolved; deeply frozen. */
export interface GatewayModel {
  /** Terraform address, `azurerm_application_gateway.main`. */
  readonly address: string;
  readonly name: string;
  /** `Standard_v2` or `WAF_v2`. */
  readonly sku: string;
  /** How many instances Azure runs: both the same for a fixed `sku.capacity`. */
  readonly instances: { readonly minimum: number; readonly maximum: number };
  /** HTTP/2 towards clients; backends always get HTTP/1.1. */
  readonly http2: boolean;
  readonly requestBuffering: boolean;
  readonly responseBuffering: boolean;
  readonly frontends: readonly FrontendIpConfiguration[];
  readonly listeners: readonly Listener[];
  readonly pools: readonly BackendPool[];
  /** Highest priority (lowest number) first. */
  readonly rules: readonly RoutingRule[];
  /** Every pool member once, with what the file has about its account. */
  readonly backends: readonly Backend[];
  /** All grants of the role Cognitive Services OpenAI User in the file. */
  readonly roleAssignments: readonly RoleAssignment[];
  /** What the file has and the model does not, in plain words. */
  readonly ignored: readonly string[];
  /** The gateway's arguments that nothing in the model comes from: `ssl_policy`, `http_listener.require_sni`. */
  readonly unread: readonly string[];
}

export type Protocol = "Http" | "Https";

export interface FrontendIpConfiguration {
  readonly name: string;
  /** Has a public address; otherwise it is an address in the gateway's subnet. */
  readonly isPublic: boolean;
}

export interface Listener {
  readonly name: string;
  readonly protocol: Protocol;
  /** Listeners with the same one and the same port share a socket. */
  readonly frontend: FrontendIpConfiguration;
  /** The port on Azure, not the local one. */
  readonly port: number;
  /** May hold the wildcards `*` and `?`; empty for a basic listener, which takes any host. */
  readonly hostNames: readonly string[];
  /** Name of the `ssl_profile`, through which mutual TLS is configured. */
  readonly sslProfile: string | undefined;
  /** Of its own policy, or else the gateway's. Absent without any, or where the policy is not in the file. */
  readonly firewall: Firewall | undefined;
}

export interface BackendPool {
  readonly name: string;
  /** FQDNs (lower case) and IP addresses, in the file's order. */
  readonly members: readonly string[];
}

/** Where the Host header (and SNI) of a request to the backend comes from. */
export type HostHeader =
  /** as the client sent it */
  | { readonly from: "client" }
  /** the pool member's own address */
  | { readonly from: "member" }
  /** fixed */
  | { readonly from: "setting"; readonly hostName: string };

export interface BackendSettings {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly host: HostHeader;
  /** Replaces the matched part of the request's path. */
  readonly path: string | undefined;
  readonly requestTimeout: Duration;
  /** How long requests in flight may continue once a member or the gateway is removed. */
  readonly draining: Duration;
  readonly cookieBasedAffinity: boolean;
  readonly probe: Probe;
}

export interface Probe {
  /** Absent for Azure's default probe. */
  readonly name: string | undefined;
  readonly protocol: Protocol;
  readonly port: number;
  readonly path: string;
  readonly host: HostHeader;
  readonly interval: Duration;
  readonly timeout: Duration;
  /** Consecutive failures after which the member is unhealthy. */
  readonly unhealthyThreshold: number;
  readonly statusCodes: readonly StatusRange[];
  /** Text that the answer has to contain. */
  readonly body: string | undefined;
}

/** Both ends are included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

export interface RoutingRule {
  readonly name: string;
  /** 1-20000, and no two rules have the same. */
  readonly priority: number;
  readonly listener: Listener;
  /** In the file's order, which is the order of matching; empty for a basic rule. */
  readonly pathRules: readonly PathRule[];
  /** What happens to a request that no path rule matches. */
  readonly action: RouteAction;
}

export interface PathRule {
  readonly name: string;
  /** `/images/*` or `/images*` or an exact path. */
  readonly paths: readonly string[];
  readonly action: RouteAction;
  /** Of its own policy, or else the listener's. */
  readonly firewall: Firewall | undefined;
}

export type RouteAction = ForwardAction | RedirectAction;

export interface ForwardAction {
  readonly kind: "forward";
  readonly pool: BackendPool;
  readonly settings: BackendSettings;
  /** By sequence; empty without a rewrite rule set. */
  readonly rewrites: readonly RewriteRule[];
}

export interface RedirectAction {
  readonly kind: "redirect";
  readonly statusCode: 301 | 302 | 303 | 307;
  readonly target: { readonly listener: Listener } | { readonly url: string };
  readonly includePath: boolean;
  readonly includeQueryString: boolean;
}

export interface RewriteRule {
  readonly name: string;
  /** 1-1000, lowest first. */
  readonly sequence: number;
  /** All of them have to hold. */
  readonly conditions: readonly RewriteCondition[];
  /** An empty value deletes the header. */
  readonly requestHeaders: readonly HeaderRewrite[];
  readonly responseHeaders: readonly HeaderRewrite[];
  readonly url: UrlRewrite | undefined;
}

export interface RewriteCondition {
  /** `var_uri_path`, `http_req_<header>` or `http_resp_<header>`. */
  readonly variable: string;
  readonly pattern: string;
  readonly ignoreCase: boolean;
  readonly negate: boolean;
}

export interface HeaderRewrite {
  readonly name: string;
  readonly value: string;
}

export interface UrlRewrite {
  /** Absent: the path stays. */
  readonly path: string | undefined;
  /** Absent: the query string stays. */
  readonly queryString: string | undefined;
  /** Choose the backend pool again, by the rewritten path. */
  readonly reevaluatePathMap: boolean;
}

export interface Backend {
  /** The pool member: an FQDN in lower case, or an IP address. */
  readonly fqdn: string;
  /**
   * The account behind it: the Terraform address of an account in the file, else the Azure resource id of an account
   * whose name is the FQDN's first label. Absent where the file does not have it.
   */
  readonly account: string | undefined;
  /**
   * Who holds Cognitive Services OpenAI User on the account: object ids, or references such as
   * `azurerm_user_assigned_identity.app.principal_id` for identities that the same apply creates.
   * Absent (not empty) where the account is unknown.
   */
  readonly openAiUsers: readonly string[] | undefined;
  /** The model deployments that the file has for the account. Absent (not empty) where it has none. */
  readonly deployments: readonly ModelDeployment[] | undefined;
  /** Whether the account takes api keys: its `local_auth_enabled`. Absent where the file does not have it. */
  readonly takesKeys: boolean | undefined;
}

export interface ModelDeployment {
  /** What callers ask for. */
  readonly name: string;
  /** The model behind it, `gpt-5-mini`. */
  readonly model: string;
  /** Thousands of tokens per minute. Absent where the file does not have it, and for provisioned throughput. */
  readonly capacityUnits: number | undefined;
}

export interface RoleAssignment {
  /** Terraform address of the assignment. */
  readonly address: string;
  /** Terraform address of an account in the file, or an Azure resource id. */
  readonly scope: string;
  /** Object id, or the reference that will give it. */
  readonly principalId: string;
}

/** The part of a firewall policy that a request's size and its client's address decide, for rule sets from 3.2 on. */
export interface Firewall {
  /** Only Prevention rejects. */
  readonly mode: "Detection" | "Prevention";
  /** Custom rules that go by the client's address alone, lowest priority first. */
  readonly rules: readonly FirewallRule[];
  /**
   * File uploads (multipart/form-data) have another limit. Absent where the policy does not enforce one.
   * https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-request-size-limits
   */
  readonly maximumRequestBodyBytes: number | undefined;
}

/** https://learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview */
export interface FirewallRule {
  readonly name: string;
  readonly action: "Allow" | "Block" | "Log";
  /** All of them have to hold. */
  readonly conditions: readonly AddressCondition[];
  /** Absent for a rule that acts on every request that its conditions hold for. */
  readonly rateLimit: FirewallRateLimit | undefined;
}

export interface AddressCondition {
  /** Addresses and ranges in CIDR notation, IPv4 or IPv6. */
  readonly ranges: readonly string[];
  /** Whether it holds for addresses outside of the ranges. */
  readonly negate: boolean;
}

/** https://learn.microsoft.com/azure/web-application-firewall/ag/rate-limiting-overview */
export interface FirewallRateLimit {
  readonly requests: number;
  readonly window: Duration;
  /** Whether each client address has a count of its own. */
  readonly perClient: boolean;
}

/** Defaults, shared by the configuration file and the constructs. */

/** The health path of the layer in front of Azure OpenAI: 200, no authentication. `/` is a 404 there. */
export const DEFAULT_PROBE_PATH = "/status-0123456789abcdef";
export const DEFAULT_PROBE_INTERVAL_SECONDS = 30;
/** Of a probe whose interval is not shorter. */
export const DEFAULT_PROBE_TIMEOUT_SECONDS = 30;
export const DEFAULT_UNHEALTHY_THRESHOLD = 3;
export const DEFAULT_STATUS_CODES = ["200-399"] as const;

/** The longest that Azure lets a request to a public backend take; its own default of 30 s is too short for a model. */
export const DEFAULT_REQUEST_TIMEOUT_SECONDS = 240;
/** Longer than the request timeout, so that a configuration update cuts off no response. */
export const DEFAULT_DRAIN_TIMEOUT_SECONDS = 300;
export const DEFAULT_STREAMING = true;

/** Scaling out takes 3 to 5 minutes, so a second instance runs ahead of the load. */
export const DEFAULT_MIN_INSTANCES = 2;
export const DEFAULT_MAX_INSTANCES = 10;

export const DEFAULT_ADDRESS_SPACE = ["10.0.0.0/16"] as const;
/** What Microsoft recommends for a v2 gateway: room for 125 instances. */
export const DEFAULT_GATEWAY_SUBNET_PREFIX_LENGTH = 24;

/** Longer than the longest request to a public backend, which NAT would otherwise cut off while it is silent. */
export const NAT_IDLE_TIMEOUT_MINUTES = 5;
export const DEFAULT_FRONTEND_KIND = "Public";
export const DEFAULT_INLINE_SUBNETS = false;

export const DEFAULT_HTTPS_PORT = 443;
export const DEFAULT_HTTP_PORT = 80;
/** TLS 1.2 and 1.3, no CBC ciphers. */
export const DEFAULT_TLS_POLICY_NAME = "AppGwSslPolicy20220101S";

/** Microsoft upgrades accounts of the kind OpenAI to this one on its own, and allows more of them in a region. */
export const DEFAULT_ACCOUNT_KIND = "AIServices";
export const DEFAULT_ACCOUNT_SKU_NAME = "S0";
export const DEFAULT_LOCAL_AUTH_ENABLED = false;

export const DEFAULT_DEDICATED_CONNECTIONS = false;
export const DEFAULT_VERIFY_ISSUER = false;
export const DEFAULT_CHECK_REVOCATION = false;
export const DEFAULT_FOUNDRY_ROUTES = false;
export const DEFAULT_DELETION_LOCK = false;
export const DEFAULT_LINK_DNS_ZONES = true;
export const DEFAULT_PUBLIC_NETWORK_ACCESS = true;

export const DEFAULT_GRANT_ACCESS = true;
export const DEFAULT_CLIENT_IDENTITY = true;
export const DEFAULT_PROTECT = false;
export const DEFAULT_DRAINED = false;
export const DEFAULT_PRIVATE_BACKEND = false;
/** Where backends have addresses of their own, each under its name. */
export const DEFAULT_BACKEND_ADDRESSES = true;

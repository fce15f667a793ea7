/**
 * The names that the gateway's blocks refer to each other by. Azure and the provider check such a reference only when the
 * configuration is applied, so no block spells one itself.
 */
export const GATEWAY_NAMES = {
  ipConfiguration: "gateway-subnet",
  publicFrontend: "public",
  privateFrontend: "private",
  /** Of what is on the private frontend of a gateway that has both. */
  onPrivate: (name: string) => `${name}-private`,
  /** All backends, which requests are spread over. */
  backendPool: "openai",
  backendSettings: "openai-https",
  /** What listeners ask of clients, and the authorities that it names. */
  clientCertificates: "client-certificates",
  clientAuthority: (number: number) => `client-authority-${number}`,
  /** The same, with the prefix of the path removed that led to the backend. */
  prefixedBackendSettings: "openai-https-without-prefix",
  probe: "openai-status",
  /** The pool of one backend, and what leads to it. */
  backend: (name: string) => `backend-${name}`,
  /** A pool that has a name, and what leads to it. */
  pool: (name: string) => `pool-${name}`,
  /** What leads to a deployment that only some accounts have. */
  deployment: (name: string) => `deployment-${name}`,
  statefulApis: "stateful-apis",
  /** A port that several listeners may share. */
  frontendPort: (port: number) => `port-${port}`,
} as const;

/** A frontend of the gateway. */
export type FrontendName = typeof GATEWAY_NAMES.publicFrontend | typeof GATEWAY_NAMES.privateFrontend;

/** Names of the blocks that belong to one listener. */
export interface SiteNames {
  /** What a message calls the listener. */
  readonly owner: string;
  /** Of `ssl_certificate`. */
  readonly certificate: string;
  /** Of `http_listener`. */
  readonly listener: string;
  /** Of `frontend_port`. */
  readonly port: string;
  /** Of `request_routing_rule`. */
  readonly rule: string;
  /** Of `url_path_map`. */
  readonly pathMap: string;
  /** The port of plain HTTP, where clients are sent to HTTPS. */
  readonly redirectPort: string;
  /** Its listener: one, or one for each of several host names. */
  readonly redirectListener: (number?: number) => string;
  /** The listener's rule. */
  readonly redirectRule: (number?: number) => string;
  /** The rule's `redirect_configuration`. */
  readonly redirect: (number?: number) => string;
}

/** Of the listener that every gateway has. */
export const MAIN_SITE: SiteNames = {
  owner: "the main listener",
  certificate: "listener-certificate",
  listener: "clients",
  port: "clients",
  rule: "clients-to-openai",
  pathMap: "clients-by-path",
  redirectPort: "clients-http",
  redirectListener: (number) => numbered("clients-http", number),
  redirectRule: (number) => numbered("http-to-https", number),
  redirect: (number) => numbered("to-https", number),
};

/** Of a listener that is added under a name. The number comes first, so that no other name gives the same. */
export function siteNames(name: string, port: number): SiteNames {
  const redirect = (number = 0) => `redirect-${number}-${name}`;
  return {
    owner: `the listener "${name}"`,
    certificate: `certificate-${name}`,
    listener: `listener-${name}`,
    port: GATEWAY_NAMES.frontendPort(port),
    rule: `rule-${name}`,
    pathMap: `paths-${name}`,
    redirectPort: MAIN_SITE.redirectPort,
    redirectListener: redirect,
    redirectRule: redirect,
    redirect,
  };
}

function numbered(name: string, number: number | undefined): string {
  return number === undefined ? name : `${name}-${number}`;
}

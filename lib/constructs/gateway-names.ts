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
  probe: "openai-status",
} as const;

/** A frontend of the gateway. */
export type FrontendName = typeof GATEWAY_NAMES.publicFrontend | typeof GATEWAY_NAMES.privateFrontend;

/** Names of the blocks that belong to one listener. */
export interface SiteNames {
  /** Of `ssl_certificate`. */
  readonly certificate: string;
  /** Of `http_listener`. */
  readonly listener: string;
  /** Of `frontend_port`. */
  readonly port: string;
  /** Of `request_routing_rule`. */
  readonly rule: string;
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
  certificate: "listener-certificate",
  listener: "clients",
  port: "clients",
  rule: "clients-to-openai",
  redirectPort: "clients-http",
  redirectListener: (number) => numbered("clients-http", number),
  redirectRule: (number) => numbered("http-to-https", number),
  redirect: (number) => numbered("to-https", number),
};

function numbered(name: string, number: number | undefined): string {
  return number === undefined ? name : `${name}-${number}`;
}

/**
 * The names that the gateway's blocks refer to each other by. Azure and the provider check such a reference only when the
 * configuration is applied, so no block spells one itself.
 */
export const GATEWAY_NAMES = {
  ipConfiguration: "gateway-subnet",
  publicFrontend: "public",
  privateFrontend: "private",
  backendPool: "openai",
  backendSettings: "openai-https",
  probe: "openai-status",
  certificate: "listener-certificate",
  /** Where clients send their requests. */
  listener: "clients",
  port: "clients",
  rule: "clients-to-openai",
  /** The plain HTTP side that sends clients to HTTPS: one of each, or one for each of several host names. */
  redirectPort: "clients-http",
  redirectListener: (number?: number) => numbered("clients-http", number),
  redirectRule: (number?: number) => numbered("http-to-https", number),
  redirect: (number?: number) => numbered("to-https", number),
  /** The same on the private frontend of a gateway that has both. */
  onPrivate: (name: string) => `${name}-private`,
} as const;

/** A frontend of the gateway. */
export type FrontendName = typeof GATEWAY_NAMES.publicFrontend | typeof GATEWAY_NAMES.privateFrontend;

function numbered(name: string, number: number | undefined): string {
  return number === undefined ? name : `${name}-${number}`;
}

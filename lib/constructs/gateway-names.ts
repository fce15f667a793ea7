/**
 * The names that the gateway's blocks refer to each other by. Azure and the provider check such a reference only when the
 * configuration is applied, so no block spells one itself.
 */
export const GATEWAY_NAMES = {
  ipConfiguration: "gateway-subnet",
  frontendIp: "public",
  backendPool: "openai",
  backendSettings: "openai-https",
  probe: "openai-status",
  certificate: "listener-certificate",
  /** Where clients send their requests. */
  listener: "clients",
  rule: "clients-to-openai",
  /** The plain HTTP side that sends clients to HTTPS. */
  redirectListener: "clients-http",
  redirectRule: "http-to-https",
  redirect: "to-https",
  port: (port: number) => `port-${port}`,
} as const;

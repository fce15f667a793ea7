/**
 * The constructs.
 *
 * @module constructs
 */
import "./peer-packages.js";
export { type AdditionalListener, type GatewayPool, ListenerFrontend } from "./constructs/additional-listener.js";
export { type AddressingOptions, type LoadBalancerListener, PoolCriterion } from "./constructs/addressing.js";
export { AccountNetwork, type GatewayOnlyOptions } from "./constructs/account-network.js";
export * from "./constructs/application-gateway.js";
export { AlertReceivers, type NewActionGroupProps } from "./constructs/alert-receivers.js";
export { type ClientCertificates } from "./constructs/client-certificates.js";
export { Egress } from "./constructs/egress.js";
export { Frontend, type PrivateFrontendOptions, type PublicFrontendOptions } from "./constructs/frontend.js";
export * from "./constructs/firewall-policy.js";
export { type GatewayAlertsOptions } from "./constructs/gateway-alerts.js";
export {
  GatewayCertificate,
  type KeyVaultCertificateProps,
  type SelfSignedCertificateProps,
} from "./constructs/gateway-certificate.js";
export * from "./constructs/gateway-listener.js";
export * from "./constructs/gateway-monitoring.js";
export {
  GatewayNetwork,
  type GatewayNetworkAttributes,
  type GatewayNetworkOptions,
  type GatewayNetworkProps,
  type IGatewayNetwork,
} from "./constructs/gateway-network.js";
export { type GatewaySubnetOptions } from "./constructs/gateway-subnet.js";
export { type BackendSettingsOptions } from "./constructs/backend-settings.js";
export { type GatewayRoute } from "./constructs/gateway-route.js";
export { GatewayScale } from "./constructs/gateway-scale.js";
export { GatewayTarget } from "./constructs/gateway-target.js";
export { Grant } from "./constructs/grant.js";
export * from "./constructs/health-probe.js";
export * from "./constructs/managed-identity.js";
export * from "./constructs/model-deployment.js";
export * from "./constructs/openai-account.js";
export {
  type ExistingBackendOptions,
  type NewAccountProps,
  OpenAiBackend,
  type OpenAiBackendOptions,
} from "./constructs/openai-backend.js";
export * from "./constructs/openai-load-balancer.js";
export { type Placement } from "./constructs/placement.js";
export * from "./constructs/private-endpoints.js";
export { type IPrincipal, Principal, PrincipalType } from "./constructs/principal.js";
export { Role } from "./constructs/role.js";
export * from "./constructs/traffic-manager.js";
export { TlsPolicy } from "./constructs/tls-policy.js";
export { type NamedPool } from "./rules/addressing.js";
export { type AutoscaleRange, type InstanceRange } from "./rules/gateway.js";
export { ValidationError } from "./constructs/validation.js";
export * from "./duration.js";

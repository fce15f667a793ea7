import { type TerraformStack } from "cdktf";
import {
  ApplicationGateway,
  type ApplicationGatewayProps,
  FirewallPolicy,
  GatewayCertificate,
  GatewayListener,
  GatewayNetwork,
  type GatewayNetworkAttributes,
  type IApplicationGateway,
  type IFirewallPolicy,
  type IGatewayNetwork,
  type IManagedIdentity,
  ManagedIdentity,
} from "../../lib/index.js";
import {
  FIREWALL_POLICY_ID,
  GROUP_ID,
  IDENTITY_ID,
  PUBLIC_IP_ID,
  SECRET_ID,
  SUBNET_ID,
  SUBSCRIPTION,
  VAULT_ID,
} from "./load-balancer.js";
import { synth, type Synthesized } from "./synth.js";

export const place = { location: "eastus", resourceGroupName: "rg" };

export function existingIdentity(stack: TerraformStack, identityId = IDENTITY_ID, id = "Theirs"): IManagedIdentity {
  return ManagedIdentity.fromManagedIdentityAttributes(stack, id, { identityId, principalId: GROUP_ID });
}

export const GATEWAY_ID = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/agw`;

export function existingGateway(
  stack: TerraformStack,
  gatewayId = GATEWAY_ID,
  id = "ExistingGateway",
): IApplicationGateway {
  return ApplicationGateway.fromApplicationGatewayAttributes(stack, id, { gatewayId });
}

export function existingPolicy(stack: TerraformStack, firewallPolicyId = FIREWALL_POLICY_ID): IFirewallPolicy {
  return FirewallPolicy.fromFirewallPolicyAttributes(stack, "Policy", { firewallPolicyId });
}

export function existingNetwork(
  stack: TerraformStack,
  attributes: Partial<GatewayNetworkAttributes> = {},
): IGatewayNetwork {
  return GatewayNetwork.fromGatewayNetworkAttributes(stack, "Network", {
    subnetId: SUBNET_ID,
    publicIpAddressId: PUBLIC_IP_ID,
    ...attributes,
  });
}

export function makeGateway(stack: TerraformStack, props: Partial<ApplicationGatewayProps> = {}): ApplicationGateway {
  return new ApplicationGateway(stack, "Gateway", {
    name: "agw",
    ...place,
    network: props.network ?? existingNetwork(stack),
    identity: new ManagedIdentity(stack, "Identity", { name: "id-gateway", ...place }),
    listener: GatewayListener.http(),
    ...props,
  });
}

export function gatewayOf(props: Partial<ApplicationGatewayProps> = {}): Synthesized {
  return synth((stack) => {
    const gateway = makeGateway(stack, props);
    gateway.addBackend("one.openai.azure.com");
    gateway.addBackend("two.openai.azure.com");
  });
}

export const fromKeyVault = GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: SECRET_ID });
export const https = GatewayListener.https({ certificate: fromKeyVault });

import { type TerraformStack } from "cdktf";
import {
  ApplicationGateway,
  type ApplicationGatewayProps,
  GatewayCertificate,
  GatewayListener,
  type IManagedIdentity,
  ManagedIdentity,
  PrincipalType,
} from "../../lib/index.js";
import { GROUP_ID, IDENTITY_ID, PUBLIC_IP_ID, SECRET_ID, SUBNET_ID, VAULT_ID } from "./load-balancer.js";
import { synth, type Synthesized } from "./synth.js";

export const place = { location: "eastus", resourceGroupName: "rg" };

export const PROVIDERS = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers";
export const theirIdentity: IManagedIdentity = {
  identityId: IDENTITY_ID,
  principalId: GROUP_ID,
  principalType: PrincipalType.SERVICE_PRINCIPAL,
  principalKey: "theirs",
};

export function makeGateway(stack: TerraformStack, props: Partial<ApplicationGatewayProps> = {}): ApplicationGateway {
  return new ApplicationGateway(stack, "Gateway", {
    name: "agw",
    ...place,
    subnetId: SUBNET_ID,
    publicIpAddressId: PUBLIC_IP_ID,
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

import { type TerraformStack } from "cdktf";
import {
  AccountNetwork,
  AlertReceivers,
  DeploymentType,
  Duration,
  Egress,
  Frontend,
  FirewallPolicy,
  GatewayCertificate,
  GatewayListener,
  GatewayScale,
  GatewayTarget,
  HealthProbe,
  OpenAiAccount,
  OpenAiBackend,
  OpenAiLoadBalancer,
  type OpenAiLoadBalancerProps,
  PoolCriterion,
  Principal,
  TlsPolicy,
} from "../../lib/index.js";
import { CLIENT_ROOT } from "./client-authority.js";
import { accountDnsZones } from "../../lib/rules/private-dns.js";

export const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
export const VAULT_ID = `${SUBSCRIPTION}/resourceGroups/rg-shared/providers/Microsoft.KeyVault/vaults/kv-shared`;
export const SECRET_ID = "https://kv-shared.vault.azure.net/secrets/llm";
export const SUBNET_ID = `${SUBSCRIPTION}/resourceGroups/rg-shared/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet`;
export const IDENTITY_ID = `${SUBSCRIPTION}/resourceGroups/rg-shared/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shared`;
export const PUBLIC_IP_ID = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/pip`;
export const WORKSPACE_ID = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log`;
export const ACTION_GROUP_ID = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag`;
export const NAT_ID = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/natGateways/nat`;
export const PREFIX_ID = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/publicIPPrefixes/ippre`;
export const DNS_ZONE_IDS = accountDnsZones("eastus").map(
  (zone) => `${SUBSCRIPTION}/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/${zone}`,
);
export const VIRTUAL_NETWORK_ID = `${SUBSCRIPTION}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`;
export const FIREWALL_POLICY_ID = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/waf`;
export const GROUP_ID = "aaaaaaaa-0000-0000-0000-000000000001";
export const USER_ID = "aaaaaaaa-0000-0000-0000-000000000002";

export function accountId(name: string): string {
  return `${SUBSCRIPTION}/resourceGroups/rg-ai/providers/Microsoft.CognitiveServices/accounts/${name}`;
}

/** The least that a load balancer needs. */
export const minimalProps: OpenAiLoadBalancerProps = {
  name: "aoai",
  location: "eastus",
  resourceGroupName: "rg",
  listener: GatewayListener.http(),
  backends: [OpenAiBackend.fromFqdn("one.openai.azure.com"), OpenAiBackend.fromFqdn("two.openai.azure.com")],
};

/** Every prop set to something that is not its default. */
export function fullProps(stack: TerraformStack): OpenAiLoadBalancerProps {
  const existing = OpenAiAccount.fromAccountAttributes(stack, "Existing", {
    accountId: accountId("existing"),
    fqdn: "existing.openai.azure.com",
  });
  return {
    name: "llm",
    location: "Sweden Central",
    resourceGroupName: "rg-platform",
    listener: GatewayListener.https({
      port: 8443,
      hostNames: ["llm.example.com", "llm.example.org"],
      certificate: GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: SECRET_ID }),
      redirectHttp: true,
      tlsPolicy: TlsPolicy.APP_GW_SSL_POLICY_20220101,
    }),
    backends: [
      OpenAiBackend.fromFqdn("named.openai.azure.com", { private: true }),
      OpenAiBackend.fromAccount(existing),
      OpenAiBackend.newAccount({
        name: "made-here",
        location: "japaneast",
        backendName: "japan",
        deployments: [
          {
            name: "own",
            model: "text-embedding-3-large",
            version: "1",
            sku: DeploymentType.STANDARD,
            capacityUnits: 10,
          },
        ],
      }),
    ],
    deployments: [
      {
        name: "chat",
        model: "gpt-5-mini",
        version: "2025-08-07",
        sku: DeploymentType.GLOBAL_STANDARD,
        capacityUnits: 50,
      },
    ],
    accountNetwork: AccountNetwork.privateEndpoints(),
    clientCertificates: { authorities: [CLIENT_ROOT], verifyIssuer: true, checkRevocation: true },
    dedicatedConnections: true,
    deletionLock: true,
    foundryRoutes: true,
    protect: true,
    requestTimeout: Duration.seconds(180),
    drainTimeout: Duration.minutes(10),
    healthProbe: new HealthProbe({
      path: "/healthz",
      interval: Duration.seconds(20),
      timeout: Duration.seconds(10),
      unhealthyThreshold: 5,
      statusCodes: ["200", "401"],
    }),
    streaming: false,
    scale: GatewayScale.fixed(3),
    addressSpace: ["10.40.0.0/16", "10.50.0.0/24"],
    gatewaySubnetPrefix: "10.50.0.0/25",
    allowedClientCidrs: ["203.0.113.0/24"],
    allowedServiceTags: ["AzureFrontDoor.Backend"],
    serviceEndpoints: ["Microsoft.KeyVault"],
    defaultOutboundAccess: true,
    frontend: Frontend.public({ dnsLabel: "my-llm" }).withPrivate(),
    egress: Egress.natGateway(),
    zones: ["1", "2", "3"],
    firewallPolicy: FirewallPolicy.fromFirewallPolicyAttributes(stack, "Firewall", {
      firewallPolicyId: FIREWALL_POLICY_ID,
    }),
    monitoring: { workspaceId: WORKSPACE_ID, alerts: { receivers: AlertReceivers.existing(ACTION_GROUP_ID) } },
    clientIdentity: true,
    principals: [Principal.group(GROUP_ID), Principal.user(USER_ID)],
    addressing: {
      backends: true,
      poolsBy: [PoolCriterion.DEPLOYMENT],
      pools: [{ name: "listed", backends: ["named", "Existing"] }],
      domain: "llm.example.com",
    },
    statefulApis: GatewayTarget.backend("existing"),
    listeners: [
      {
        name: "internal",
        listener: GatewayListener.https({
          hostNames: ["internal.example.com"],
          certificate: GatewayCertificate.ofMainListener(),
          redirectHttp: true,
        }),
        target: GatewayTarget.pool("listed"),
      },
    ],
    tags: { owner: "platform" },
  };
}

export function loadBalancer(
  stack: TerraformStack,
  props: Partial<OpenAiLoadBalancerProps> = {},
  id = "LB",
): OpenAiLoadBalancer {
  return new OpenAiLoadBalancer(stack, id, { ...minimalProps, ...props });
}

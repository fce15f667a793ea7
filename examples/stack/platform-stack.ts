import { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault";
import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import {
  GatewayCertificate,
  GatewayListener,
  GatewayScale,
  OpenAiAccount,
  OpenAiBackend,
  OpenAiLoadBalancer,
  Principal,
} from "aoai-kiss-lb";
import { TerraformOutput, TerraformStack } from "cdktf";
import { type Construct } from "constructs";

const LOCATION = "swedencentral";
const TENANT_ID = "00000000-0000-0000-0000-000000000001";
const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";

/** A platform's own group, network, vault and logs, with the load balancer among them. */
export class PlatformStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AzurermProvider(this, "Azurerm", { features: [{}] });
    const group = new ResourceGroup(this, "Group", { name: "rg-platform", location: LOCATION });
    const place = { location: group.location, resourceGroupName: group.name };

    const network = new VirtualNetwork(this, "Network", {
      ...place,
      name: "vnet-platform",
      addressSpace: ["10.20.0.0/16"],
    });
    // For the gateway alone.
    const subnet = new Subnet(this, "GatewaySubnet", {
      name: "snet-gateway",
      resourceGroupName: group.name,
      virtualNetworkName: network.name,
      addressPrefixes: ["10.20.1.0/24"],
      delegation: [
        {
          name: "gateway",
          serviceDelegation: { name: "Microsoft.Network/applicationGateways" },
        },
      ],
    });
    const vault = new KeyVault(this, "Vault", {
      ...place,
      name: "kv-contoso-platform",
      tenantId: TENANT_ID,
      skuName: "standard",
      rbacAuthorizationEnabled: true,
    });
    const logs = new LogAnalyticsWorkspace(this, "Logs", { ...place, name: "log-platform", retentionInDays: 30 });

    const accounts = ["swedencentral", "francecentral"].map((region) =>
      OpenAiAccount.fromAccountAttributes(this, `Account-${region}`, {
        accountId: `${SUBSCRIPTION}/resourceGroups/rg-ai/providers/Microsoft.CognitiveServices/accounts/contoso-${region}`,
        fqdn: `contoso-${region}.openai.azure.com`,
      }),
    );
    const loadBalancer = new OpenAiLoadBalancer(this, "OpenAi", {
      ...place,
      name: "contoso-llm",
      subnetId: subnet.id,
      listener: GatewayListener.https({
        hostNames: ["llm.contoso.com"],
        certificate: GatewayCertificate.fromKeyVault({
          keyVaultId: vault.id,
          secretId: "https://kv-contoso-platform.vault.azure.net/secrets/llm-contoso-com",
        }),
      }),
      scale: GatewayScale.auto({ minInstances: 2, maxInstances: 5 }),
      backends: accounts.map((account) => OpenAiBackend.fromAccount(account)),
    });
    loadBalancer.grantInvoke(Principal.group("00000000-0000-0000-0000-000000000002"));

    new MonitorDiagnosticSetting(this, "GatewayLogs", {
      name: "to-log-platform",
      targetResourceId: loadBalancer.gateway.gatewayId,
      logAnalyticsWorkspaceId: logs.id,
      enabledLog: [{ categoryGroup: "allLogs" }],
    });
    new TerraformOutput(this, "llm_url", { value: loadBalancer.url });
  }
}

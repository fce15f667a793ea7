import { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault";
import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { App, TerraformStack } from "cdktf";
import { addLoadBalancer } from "./reuse";

const app = new App();
const stack = new TerraformStack(app, "platform");
new AzurermProvider(stack, "Azurerm", { features: [{}] });
const { name: resourceGroupName, location } = new ResourceGroup(stack, "Group", {
  name: "rg-platform",
  location: "swedencentral",
});
const network = new VirtualNetwork(stack, "Network", {
  name: "vnet-platform",
  location,
  resourceGroupName,
  addressSpace: ["10.20.0.0/16"],
});
const subnet = new Subnet(stack, "Subnet", {
  name: "snet-gateway",
  resourceGroupName,
  virtualNetworkName: network.name,
  addressPrefixes: ["10.20.1.0/24"],
});
const vault = new KeyVault(stack, "Vault", {
  name: "kv-platform",
  location,
  resourceGroupName,
  tenantId: "00000000-0000-0000-0000-000000000001",
  skuName: "standard",
});
new LogAnalyticsWorkspace(stack, "Logs", { name: "log-platform", location, resourceGroupName });
const accounts = ["a", "b"].map(
  (account) =>
    `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-ai/providers/Microsoft.CognitiveServices/accounts/contoso-${account}`,
);
addLoadBalancer(stack, { subnet: subnet.id, vault: vault.id, accounts });
app.synth();

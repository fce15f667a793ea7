import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { App, TerraformStack } from "cdktf";

const app = new App({ stackTraces: false });
const stack = new TerraformStack(app, "minimal");
new AzurermProvider(stack, "Azurerm", { features: [{}] });
new ResourceGroup(stack, "ResourceGroup", { name: "rg-minimal", location: "eastus" });
app.synth();

import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider/index.js";
import { Duration, GatewayListener, OpenAiBackend, OpenAiLoadBalancer } from "aoai-kiss-lb";
import { createLoadBalancedFetch } from "aoai-kiss-lb/client";
import { FakeOpenAi } from "aoai-kiss-lb/simulator";
import { App, TerraformStack } from "cdktf";

const app = new App();
const stack = new TerraformStack(app, "stack");
new AzurermProvider(stack, "Azurerm", { features: [{}] });
new OpenAiLoadBalancer(stack, "OpenAi", {
  name: "contoso",
  location: "swedencentral",
  resourceGroupName: "rg-contoso",
  listener: GatewayListener.http(),
  requestTimeout: Duration.seconds(60),
  backends: [OpenAiBackend.fromFqdn("contoso.openai.azure.com")],
});
app.synth();

const server = await FakeOpenAi.create({ name: "east" });
const balanced = createLoadBalancedFetch({ endpoints: [{ url: server.url, apiKey: "any" }] });
console.log((await balanced("https://any/openai/v1/models")).status);
await server.close();

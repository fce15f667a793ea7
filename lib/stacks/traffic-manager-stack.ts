import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { AzurermBackend, TerraformOutput, TerraformStack } from "cdktf";
import { type Construct } from "constructs";
import { type TrafficManagerConfig } from "../config/traffic-manager-config.js";
import { type TrafficEndpointConfig, type TrafficTarget } from "../config/traffic-manager-gateways.js";
import { type ListenerProtocol } from "../constructs/gateway-listener.js";
import { type RoutingMethod, TrafficManager } from "../constructs/traffic-manager.js";
import { Duration } from "../duration.js";

/** A Traffic Manager profile in front of the gateways of a folder, each known by its host name alone. */
export class TrafficManagerStack extends TerraformStack {
  readonly trafficManager: TrafficManager;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    scope: Construct,
    id: string,
    readonly config: TrafficManagerConfig,
    readonly gateways: { readonly endpoints: readonly TrafficEndpointConfig[]; readonly target: TrafficTarget },
  ) {
    super(scope, id);
    const { name, location, tags, resourceGroup, probe } = config;
    new AzurermProvider(this, "Azurerm", { features: [{}], subscriptionId: config.subscriptionId });
    if (config.state) new AzurermBackend(this, config.state.azurerm);
    const { endpoints, target } = gateways;

    this.trafficManager = new TrafficManager(this, "TrafficManager", {
      name,
      resourceGroupName:
        resourceGroup.kind === "new"
          ? new ResourceGroup(this, "ResourceGroup", { name: resourceGroup.name, location, tags }).name
          : resourceGroup.name,
      tags,
      dnsLabel: config.dnsLabel,
      routing: config.routing as RoutingMethod,
      ttl: Duration.seconds(config.ttlSeconds),
      probe: {
        protocol: target.protocol as ListenerProtocol,
        port: target.port,
        hostName: target.hostName,
        path: probe.path,
        interval: Duration.seconds(probe.intervalSeconds),
        timeout: Duration.seconds(probe.timeoutSeconds),
        toleratedFailures: probe.toleratedFailures,
      },
      endpoints,
    });
    const output = (key: string, value: unknown, description: string) =>
      new TerraformOutput(this, key, { value, description });
    output("traffic_manager_fqdn", this.trafficManager.fqdn, "Point a CNAME record of your own domain here");
    output("traffic_manager_id", this.trafficManager.profileId, "Azure resource id of the Traffic Manager profile");
  }
}

import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { AzurermBackend, TerraformOutput, TerraformStack } from "cdktf";
import { type Construct } from "constructs";
import { type AccountNetworkConfig, type PrivateEndpointsConfig } from "../config/account-network-config.js";
import { type BackendConfig } from "../config/backend-config.js";
import { type GatewayConfig } from "../config/gateway-config.js";
import { type AlertsConfig, type MonitoringConfig } from "../config/monitoring-config.js";
import { type EgressConfig } from "../config/egress-config.js";
import { type FrontendConfig, type PublicAddressConfig } from "../config/frontend-config.js";
import { type NetworkConfig, type SubnetConfig } from "../config/network-config.js";
import { type ScaleConfig } from "../config/scale-config.js";
import { AccountNetwork } from "../constructs/account-network.js";
import { Egress } from "../constructs/egress.js";
import { Frontend } from "../constructs/frontend.js";
import { type WafConfig } from "../config/waf-config.js";
import { type PoolCriterion } from "../constructs/addressing.js";
import { FirewallPolicy, type FirewallMode, type IFirewallPolicy } from "../constructs/firewall-policy.js";
import { AlertReceivers } from "../constructs/alert-receivers.js";
import { type GatewayAlertsOptions } from "../constructs/gateway-alerts.js";
import { type GatewayMonitoringOptions } from "../constructs/gateway-monitoring.js";
import { type GatewayNetworkOptions } from "../constructs/gateway-network.js";
import { GatewayScale } from "../constructs/gateway-scale.js";
import { HealthProbe } from "../constructs/health-probe.js";
import { ManagedIdentity } from "../constructs/managed-identity.js";
import { type DeploymentType, type ModelDeployment } from "../constructs/model-deployment.js";
import { OpenAiAccount, type OpenAiAccountKind } from "../constructs/openai-account.js";
import { OpenAiBackend } from "../constructs/openai-backend.js";
import { OpenAiLoadBalancer } from "../constructs/openai-load-balancer.js";
import { type Placement } from "../constructs/placement.js";
import { Principal } from "../constructs/principal.js";
import { Duration } from "../duration.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { additionalListener, listener, target } from "./listeners.js";
import { AccountPlaces } from "./account-places.js";

/** A configuration as a Terraform stack: provider, state, resource group, the load balancer and outputs. */
export class OpenAiGatewayStack extends TerraformStack {
  readonly loadBalancer: OpenAiLoadBalancer;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    scope: Construct,
    id: string,
    readonly config: GatewayConfig,
  ) {
    super(scope, id);
    new AzurermProvider(this, "Azurerm", { features: [{}], subscriptionId: config.subscriptionId });
    if (config.state) new AzurermBackend(this, config.state.azurerm);

    const place = { location: config.location, resourceGroupName: this.resourceGroupName(config), tags: config.tags };
    const places = new AccountPlaces(this, config, place.resourceGroupName);
    this.loadBalancer = new OpenAiLoadBalancer(this, "LoadBalancer", {
      name: config.name,
      ...place,
      listener: listener(config),
      backends: config.backends.map((backend) => this.backend(backend, places)),
      deployments: config.deployments.map(deployment),
      accountNetwork: config.accountNetwork && accountNetwork(config.accountNetwork, places),
      protect: config.protect,
      requestTimeout: Duration.seconds(config.backendSettings.requestTimeoutSeconds),
      drainTimeout: Duration.seconds(config.backendSettings.drainTimeoutSeconds),
      dedicatedConnections: config.backendSettings.dedicatedConnections,
      healthProbe: healthProbe(config.healthProbe),
      clientCertificates: config.clientCertificates && {
        ...config.clientCertificates,
        authorities: config.clientCertificates.authorityFiles,
      },
      deletionLock: config.deletionLock,
      foundryRoutes: config.access.foundryRoutes,
      streaming: config.streaming,
      scale: scale(config.scale),
      ...networkOptions(config.network),
      zones: config.zones,
      firewallPolicy: config.waf && this.firewallPolicy(config.waf, { name: `waf-${config.name}`, ...place }),
      gatewayIdentity:
        config.gatewayIdentity &&
        ManagedIdentity.fromManagedIdentityAttributes(this, "GatewayIdentity", config.gatewayIdentity),
      clientIdentity: config.access.clientIdentity,
      principals: config.access.principals.map(principal),
      addressing: config.addressing && { ...config.addressing, poolsBy: config.addressing.poolsBy as PoolCriterion[] },
      statefulApis: config.statefulApis && target(config.statefulApis),
      listeners: config.listeners.map((listener) => additionalListener(listener, config)),
      monitoring: config.monitoring && monitoring(config.monitoring),
    });
    this.addOutputs();
  }

  /** The group's name; of a group that is created, a reference, so that what is in it waits for it. */
  private resourceGroupName({ resourceGroup: { kind, name }, location, tags }: GatewayConfig): string {
    switch (kind) {
      case "existing":
        return name;
      case "new":
        return new ResourceGroup(this, "ResourceGroup", { name, location, tags }).name;
    }
  }

  private backend(backend: BackendConfig, places: AccountPlaces): OpenAiBackend {
    const { name, drained } = backend;
    switch (backend.kind) {
      case "fqdn":
        return OpenAiBackend.fromFqdn(backend.fqdn, { name, private: backend.private, drained });
      case "existing account": {
        // From the account's id alone, so that no address changes with another host name, case or place in the list.
        const id = `Account${backend.accountId.toLowerCase().replaceAll("/", "-")}`;
        const account = OpenAiAccount.fromAccountAttributes(this, id, backend);
        return OpenAiBackend.fromAccount(account, { name, private: backend.private, drained });
      }
      case "new account": {
        const { account } = backend;
        return OpenAiBackend.newAccount({
          ...account,
          ...places.of(account),
          kind: account.kind as OpenAiAccountKind,
          deployments: account.deployments.map(deployment),
          backendName: name,
          drained,
        });
      }
    }
  }

  private firewallPolicy(waf: WafConfig, place: Placement & { readonly name: string }): IFirewallPolicy {
    const id = "FirewallPolicy";
    switch (waf.kind) {
      case "existing policy":
        return FirewallPolicy.fromFirewallPolicyAttributes(this, id, { firewallPolicyId: waf.policyId });
      case "new policy": {
        const { mode, rateLimit } = waf;
        return new FirewallPolicy(this, id, {
          ...place,
          ...waf,
          mode: mode as FirewallMode,
          rateLimit: rateLimit && { requests: rateLimit.requests, per: Duration.minutes(rateLimit.minutes) },
        });
      }
    }
  }

  private addOutputs(): void {
    const { url, network, clientIdentity, gateway, backendFqdns, backendUrls, poolUrls, monitoring } =
      this.loadBalancer;
    const output = (name: string, value: unknown, description: string) =>
      new TerraformOutput(this, name, { value, description });
    output("gateway_url", url, "Base URL for clients");
    if (network.publicIpAddress !== undefined)
      output(
        "public_ip_address",
        network.publicIpAddress,
        "Where clients connect; point the listener's host names here",
      );
    if (network.privateIpAddress !== undefined)
      output(
        "private_ip_address",
        network.privateIpAddress,
        "Where clients connect in the network; point the listener's host names here in private DNS",
      );
    const [egress, ...others] = network.egressIpAddresses;
    if (egress !== undefined)
      output(
        "egress_ip_address",
        others.length > 0 ? network.egressIpAddresses : egress,
        "Where requests to the accounts come from; allow it in their network rules",
      );
    output("gateway_id", gateway.gatewayId, "Azure resource id of the Application Gateway");
    output("resource_group_name", this.config.resourceGroup.name, "Resource group of the gateway");
    output("backend_fqdns", backendFqdns, "Members of the pool");
    if (Object.keys(backendUrls).length > 0) output("backend_urls", backendUrls, "Base URL for each backend");
    if (Object.keys(poolUrls).length > 0) output("pool_urls", poolUrls, "Base URL for each pool");
    if (monitoring) {
      output("workspace_id", monitoring.workspaceId, "Azure resource id of the Log Analytics workspace");
      output("workbook_id", monitoring.workbookId, "Azure resource id of the workbook: who served the requests");
    }
    if (clientIdentity) {
      output(
        "client_identity_id",
        clientIdentity.identityId,
        "Azure resource id of the callers' identity; assign it to your application",
      );
      output(
        "client_identity_client_id",
        clientIdentity.clientId,
        "AZURE_CLIENT_ID for applications that run as the callers' identity",
      );
      output("client_identity_principal_id", clientIdentity.principalId, "Object id of the callers' identity");
    }
  }
}

function deployment({ sku, ...rest }: GatewayConfig["deployments"][number]): ModelDeployment {
  return { ...rest, sku: sku as DeploymentType };
}

function healthProbe({ intervalSeconds, timeoutSeconds, ...rest }: GatewayConfig["healthProbe"]): HealthProbe {
  return new HealthProbe({
    ...rest,
    interval: Duration.seconds(intervalSeconds),
    timeout: Duration.seconds(timeoutSeconds),
  });
}

function scale(scale: ScaleConfig): GatewayScale {
  switch (scale.kind) {
    case "fixed":
      return GatewayScale.fixed(scale.instances);
    case "autoscale":
      return GatewayScale.auto(scale);
  }
}

function networkOptions({ subnet, frontend, egress }: NetworkConfig): GatewayNetworkOptions {
  return { ...subnetOptions(subnet), frontend: frontendOf(frontend), egress: egressOf(egress) };
}

function subnetOptions(subnet: SubnetConfig): GatewayNetworkOptions {
  switch (subnet.kind) {
    case "existing":
      return { subnetId: subnet.subnetId };
    case "new":
    case "in existing network":
      return subnet;
  }
}

function accountNetwork(network: AccountNetworkConfig, places: AccountPlaces): AccountNetwork {
  switch (network.kind) {
    case "gateway only":
      return AccountNetwork.gatewayOnly(network);
    case "private endpoints":
      return AccountNetwork.privateEndpoints({ ...network, dnsZonesProvider: zonesProvider(network, places) });
  }
}

/** Zones are linked in the subscription that they are in. */
function zonesProvider({ dnsZoneIds: [id] = [] }: PrivateEndpointsConfig, places: AccountPlaces) {
  return id === undefined
    ? undefined
    : places.provider(parseResourceId(id, RESOURCE_TYPES.privateDnsZone).subscriptionId);
}

function frontendOf(frontend: FrontendConfig): Frontend {
  switch (frontend.kind) {
    case "Public":
      return publicFrontend(frontend.publicAddress);
    case "Private":
      return Frontend.private({ ipAddress: frontend.privateIpAddress });
    case "PublicAndPrivate":
      return publicFrontend(frontend.publicAddress).withPrivate({ ipAddress: frontend.privateIpAddress });
  }
}

function publicFrontend(address: PublicAddressConfig): Frontend {
  switch (address.kind) {
    case "existing":
      return Frontend.existingPublic(address.publicIpAddressId);
    case "new":
      return Frontend.public(address);
  }
}

function egressOf(egress: EgressConfig): Egress | undefined {
  switch (egress.kind) {
    case "frontend":
      return undefined;
    case "new NAT gateway":
      return Egress.natGateway();
    case "existing NAT gateway":
      return Egress.existingNatGateway(egress.natGatewayId, egress.ipAddresses);
    case "other":
      return Egress.through(egress.ipAddresses);
  }
}

function monitoring({ workspace, alerts }: MonitoringConfig): GatewayMonitoringOptions {
  return { ...workspace, alerts: alerts && alertsOptions(alerts) };
}

function alertsOptions({ receivers, responseSeconds, ...shares }: AlertsConfig): GatewayAlertsOptions {
  return { ...shares, responseTime: Duration.seconds(responseSeconds), receivers: alertReceivers(receivers) };
}

function alertReceivers(receivers: AlertsConfig["receivers"]): AlertReceivers | undefined {
  switch (receivers.kind) {
    case "existing group":
      return AlertReceivers.existing(receivers.actionGroupId);
    case "new group":
      return AlertReceivers.newGroup(receivers);
    case "nobody":
      return undefined;
  }
}

function principal({ id, type }: GatewayConfig["access"]["principals"][number]): Principal {
  switch (type) {
    case "User":
      return Principal.user(id);
    case "Group":
      return Principal.group(id);
    case "ServicePrincipal":
      return Principal.servicePrincipal(id);
  }
}

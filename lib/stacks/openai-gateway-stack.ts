import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { AzurermBackend, TerraformOutput, TerraformStack } from "cdktf";
import { type Construct } from "constructs";
import { type GatewayConfig } from "../config/gateway-config.js";
import { GatewayCertificate } from "../constructs/gateway-certificate.js";
import { GatewayListener } from "../constructs/gateway-listener.js";
import { GatewayScale } from "../constructs/gateway-scale.js";
import { HealthProbe } from "../constructs/health-probe.js";
import { type DeploymentType } from "../constructs/model-deployment.js";
import { OpenAiAccount, type OpenAiAccountKind } from "../constructs/openai-account.js";
import { OpenAiBackend } from "../constructs/openai-backend.js";
import { OpenAiLoadBalancer } from "../constructs/openai-load-balancer.js";
import { Principal } from "../constructs/principal.js";
import { TlsPolicy } from "../constructs/tls-policy.js";
import { Duration } from "../duration.js";
import { trialVaultName } from "../rules/key-vault.js";

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

    const groupName = resourceGroupName(config);
    const group = config.resourceGroup?.existing === undefined ? this.makeResourceGroup(groupName) : undefined;
    this.loadBalancer = new OpenAiLoadBalancer(this, "LoadBalancer", {
      name: config.name,
      location: config.location,
      resourceGroupName: group?.name ?? groupName,
      listener: listener(config),
      backends: config.backends.map((backend) => this.backend(backend)),
      deployments: config.deployments.map((deployment) => ({ ...deployment, sku: deployment.sku as DeploymentType })),
      requestTimeout: Duration.seconds(config.backendSettings.requestTimeoutSeconds),
      drainTimeout: Duration.seconds(config.backendSettings.drainTimeoutSeconds),
      healthProbe: healthProbe(config.healthProbe),
      streaming: config.streaming,
      scale: scale(config.scale),
      ...config.network,
      clientIdentity: config.access.clientIdentity,
      principals: config.access.principals.map(principal),
      tags: config.tags,
    });
    this.addOutputs();
  }

  private makeResourceGroup(name: string): ResourceGroup {
    const { location, tags } = this.config;
    return new ResourceGroup(this, "ResourceGroup", { name, location, tags });
  }

  private backend({ fqdn = "", accountId, account }: GatewayConfig["backends"][number]): OpenAiBackend {
    if (account) return OpenAiBackend.newAccount({ ...account, kind: account.kind as OpenAiAccountKind });
    if (accountId === undefined) return OpenAiBackend.fromFqdn(fqdn);
    const id = `Account${accountId.toLowerCase().replaceAll("/", "-")}`;
    return OpenAiBackend.fromAccount(OpenAiAccount.fromAccountAttributes(this, id, { accountId, fqdn }));
  }

  private addOutputs(): void {
    const { url, publicIpAddress, clientIdentity, gateway, backendFqdns } = this.loadBalancer;
    const output = (name: string, value: unknown, description: string) =>
      new TerraformOutput(this, name, { value, description });
    output("gateway_url", url, "Base URL for clients");
    output("public_ip_address", publicIpAddress, "Where clients connect; point the listener's host names here");
    output(
      "egress_ip_address",
      publicIpAddress,
      "Where requests to the accounts come from; allow it in their network rules",
    );
    output("gateway_id", gateway.gatewayId, "Azure resource id of the Application Gateway");
    output("resource_group_name", resourceGroupName(this.config), "Resource group of the gateway");
    output("backend_fqdns", backendFqdns, "Members of the pool");
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

/** The resource group, made here or not. */
export function resourceGroupName({ name, resourceGroup }: GatewayConfig): string {
  return resourceGroup?.existing ?? resourceGroup?.name ?? `rg-${name}`;
}

function listener(config: GatewayConfig): GatewayListener {
  const { protocol, port, hostNames, certificate, redirectHttp, tlsPolicy } = config.listener;
  if (protocol === "Http" || !certificate) return GatewayListener.http({ port, hostNames });
  const { keyVaultId, secretId, selfSigned } = certificate;
  return GatewayListener.https({
    port,
    hostNames,
    redirectHttp,
    tlsPolicy: tlsPolicy === undefined ? undefined : TlsPolicy.of(tlsPolicy),
    certificate:
      keyVaultId !== undefined && secretId !== undefined
        ? GatewayCertificate.fromKeyVault({ keyVaultId, secretId })
        : GatewayCertificate.selfSigned({
            ...selfSigned,
            keyVaultName: trialVaultName(config.name, resourceGroupName(config), config.subscriptionId ?? ""),
          }),
  });
}

function healthProbe({ intervalSeconds, timeoutSeconds, ...rest }: GatewayConfig["healthProbe"]): HealthProbe {
  return new HealthProbe({
    ...rest,
    interval: Duration.seconds(intervalSeconds),
    timeout: Duration.seconds(timeoutSeconds),
  });
}

function scale({ instances, ...range }: GatewayConfig["scale"]): GatewayScale {
  return instances === undefined ? GatewayScale.auto(range) : GatewayScale.fixed(instances);
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

import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { Lazy, type TerraformStack } from "cdktf";
import {
  AccountNetwork,
  type AccountNetworkRules,
  type AdditionalListener,
  type AddressingOptions,
  AlertReceivers,
  type ApplicationGatewayProps,
  type ClientCertificates,
  DeploymentType,
  Duration,
  Egress,
  type ExistingBackendOptions,
  Frontend,
  FirewallMode,
  FirewallPolicy,
  type FirewallPolicyAttributes,
  type FirewallPolicyProps,
  GatewayCertificate,
  type GatewayAlertsOptions,
  GatewayListener,
  GatewayMonitoring,
  type GatewayMonitoringProps,
  GatewayNetwork,
  type GatewayNetworkAttributes,
  type GatewayNetworkProps,
  type GatewayOnlyOptions,
  type GatewayPool,
  type GatewayRoute,
  GatewayScale,
  GatewayTarget,
  HealthProbe,
  type HealthProbeProps,
  type HttpListenerProps,
  type HttpsListenerProps,
  type KeyVaultCertificateProps,
  ListenerProtocol,
  type LoadBalancerListener,
  ManagedIdentity,
  type ManagedIdentityAttributes,
  type ManagedIdentityProps,
  type ModelDeployment,
  type NamedPool,
  type NewAccountProps,
  type NewActionGroupProps,
  OpenAiAccount,
  type OpenAiAccountAttributes,
  OpenAiAccountKind,
  type OpenAiAccountProps,
  OpenAiBackend,
  type OpenAiLoadBalancerProps,
  PoolCriterion,
  Principal,
  type PrivateEndpointsOptions,
  type SelfSignedCertificateProps,
  RoutingMethod,
  TlsPolicy,
  type TrafficEndpoint,
  TrafficManager,
  type TrafficManagerProps,
  type TrafficProbe,
} from "../../lib/index.js";
import {
  existingGateway,
  existingIdentity,
  existingNetwork,
  existingPolicy,
  GATEWAY_ID,
  makeGateway,
} from "../support/application-gateway.js";
import {
  accountId,
  DNS_ZONE_IDS,
  ACTION_GROUP_ID,
  FIREWALL_POLICY_ID,
  GROUP_ID,
  IDENTITY_ID,
  loadBalancer,
  NAT_ID,
  PREFIX_ID,
  PUBLIC_IP_ID,
  SECRET_ID,
  SUBNET_ID,
  USER_ID,
  VAULT_ID,
  WORKSPACE_ID,
  VIRTUAL_NETWORK_ID,
} from "../support/load-balancer.js";
import { CLIENT_ROOT } from "../support/client-authority.js";
import { makeStack, Synthesized } from "../support/synth.js";

/** Values of each prop that differ from the base's: the compiler insists that no prop is left out. */
type Changes<P> = Required<{ [K in keyof P]: readonly Exclude<P[K], undefined>[] }>;

/** No prop is dropped silently: each changes what is synthesized, in its own way. */
function covers<P extends object>(
  name: string,
  build: (stack: TerraformStack, props: P) => unknown,
  base: P,
  changes: (stack: TerraformStack) => Changes<P>,
): void {
  describe(name, () => {
    const baseline = jsonOf((stack) => build(stack, base));
    const counts = Object.entries<readonly unknown[]>(changes(makeStack())).map(
      ([prop, values]) => [prop, values.length] as const,
    );
    test.each(counts.filter(([, count]) => count > 0))("%s", (prop, count) => {
      const values = Array.from(
        { length: count },
        (_, at) => (stack: TerraformStack) => (changes(stack) as Record<string, readonly unknown[]>)[prop]?.[at],
      );
      const outcomes = values.map((value) => jsonOf((stack) => build(stack, { ...base, [prop]: value(stack) })));
      expect(new Set([baseline, ...outcomes]).size).toBe(values.length + 1);
    });
  });
}

/** A provider of another subscription than the stack's. */
function otherSubscription(stack: TerraformStack): AzurermProvider {
  return new AzurermProvider(stack, "Other", { alias: "other", features: [{}] });
}

function jsonOf(build: (stack: TerraformStack) => unknown): string {
  const stack = makeStack();
  build(stack);
  return JSON.stringify(Synthesized.of(stack).json["resource"]);
}

const place = { location: "eastus", resourceGroupName: "rg" };
const placeChanges = { location: ["westus"], resourceGroupName: ["rg-other"], tags: [{ a: "b" }] };
const account = { name: "account-a", location: "eastus" };
type OwnProps = "name" | "location" | "skuName" | "kind" | "customSubdomain" | "localAuthEnabled";
const accountChanges: Changes<Pick<NewAccountProps, OwnProps>> = {
  name: ["account-b"],
  location: ["westus"],
  // Azure sells one tier only, which is the default; what Terraform knows later passes.
  skuName: [Lazy.stringValue({ produce: () => "S1" })],
  kind: [OpenAiAccountKind.OPEN_AI],
  customSubdomain: ["other"],
  localAuthEnabled: [true],
};
const networkChanges = {
  networkRules: [{ ipRanges: ["203.0.113.7"] }, { subnetIds: [SUBNET_ID] }],
  publicNetworkAccess: [false],
};
const deployment = { name: "gpt", model: "gpt-5", version: "1", sku: DeploymentType.STANDARD, capacityUnits: 1 };
const backendChanges = { subscriptionId: [GROUP_ID], drained: [true] };
/** In which the name and the subscription of each backend can have an effect. */
const addressing: AddressingOptions = { poolsBy: [PoolCriterion.SUBSCRIPTION] };
const certificate = GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: SECRET_ID });
const settings = {
  requestTimeout: [Duration.seconds(100)],
  drainTimeout: [Duration.seconds(600)],
  dedicatedConnections: [true],
  healthProbe: [new HealthProbe({ path: "/x" })],
  streaming: [false],
  scale: [GatewayScale.fixed(2), GatewayScale.auto({ minInstances: 3 }), GatewayScale.auto({ maxInstances: 5 })],
};
const pool: GatewayPool = { name: "pool", fqdns: ["a.openai.azure.com"] };
const route: GatewayRoute = { name: "images", paths: ["/images/*"] };
const additional: AdditionalListener = { name: "internal", listener: GatewayListener.http({ port: 8080 }) };
const addresses = {
  subnetId: [SUBNET_ID],
  // Needs another prop: see below.
  virtualNetworkId: [],
  addressSpace: [["10.9.0.0/16"]],
  gatewaySubnetPrefix: ["10.0.9.0/24"],
  allowedClientCidrs: [["203.0.113.0/24"]],
  allowedServiceTags: [["AzureFrontDoor.Backend"]],
  serviceEndpoints: [["Microsoft.Web"]],
  defaultOutboundAccess: [false],
  inlineSubnets: [true],
  frontend: [
    Frontend.public({ dnsLabel: "label" }),
    Frontend.public({ publicIpPrefixId: PREFIX_ID }),
    Frontend.existingPublic(PUBLIC_IP_ID),
    Frontend.public().withPrivate(),
  ],
  egress: [Egress.natGateway(), Egress.existingNatGateway(NAT_ID, ["203.0.113.7"])],
  zones: [["1"]],
};

covers<OpenAiLoadBalancerProps>(
  "OpenAiLoadBalancer",
  loadBalancer,
  // One in which every prop can have an effect.
  {
    ...place,
    name: "aoai",
    listener: GatewayListener.http(),
    backends: [OpenAiBackend.newAccount(account)],
    deployments: [deployment],
  },
  (stack) => ({
    ...placeChanges,
    ...settings,
    ...addresses,
    firewallPolicy: [existingPolicy(stack)],
    monitoring: [{}, { alerts: {} }],
    name: ["other"],
    listener: [GatewayListener.https({ certificate })],
    backends: [[OpenAiBackend.newAccount(account), OpenAiBackend.fromFqdn("b.openai.azure.com")]],
    deployments: [[]],
    protect: [true],
    accountNetwork: [AccountNetwork.gatewayOnly(), AccountNetwork.privateEndpoints()],
    // Needs TLS: see below.
    clientCertificates: [],
    deletionLock: [true],
    foundryRoutes: [true],
    gatewayIdentity: [existingIdentity(stack)],
    clientIdentity: [false],
    principals: [[Principal.user(GROUP_ID)]],
    dependsOn: [[{ fqn: "azurerm_role_assignment.x" }]],
    addressing: [{}],
    statefulApis: [GatewayTarget.backend("account-a")],
    listeners: [[{ name: "internal", listener: GatewayListener.http({ port: 8080 }) }]],
  }),
);

covers<AddressingOptions>(
  "AddressingOptions",
  (stack, options) =>
    loadBalancer(stack, {
      backends: [OpenAiBackend.newAccount(account), OpenAiBackend.fromFqdn("b.openai.azure.com")],
      deployments: [deployment],
      addressing: options,
    }),
  {},
  () => ({
    backends: [false],
    poolsBy: [[PoolCriterion.DEPLOYMENT], [PoolCriterion.DEPLOYMENT_TYPE]],
    pools: [[{ name: "other", backends: ["b"] }]],
    domain: ["llm.example.com"],
  }),
);

covers<NamedPool>(
  "NamedPool",
  (stack, pool) => loadBalancer(stack, { addressing: { pools: [pool] } }),
  { name: "one", backends: ["one"] },
  () => ({ name: ["other"], backends: [["two"], ["one", "two"]] }),
);

covers<LoadBalancerListener>(
  "LoadBalancerListener",
  (stack, listener) => loadBalancer(stack, { listeners: [listener] }),
  { name: "internal", listener: GatewayListener.http({ port: 8080 }) },
  () => ({
    name: ["other"],
    listener: [GatewayListener.http({ port: 8081 })],
    target: [GatewayTarget.backend("one"), GatewayTarget.backend("two")],
    // Only where the gateway has both: see frontend.test.ts.
    frontend: [],
  }),
);

covers<Omit<ApplicationGatewayProps, "network" | "identity"> & { network?: "other"; identity?: "other" }>(
  "ApplicationGateway",
  (stack, { network, identity, ...props }) => {
    makeGateway(stack, {
      ...props,
      ...(network && { network: existingNetwork(stack, { subnetId: `${SUBNET_ID}2` }) }),
      ...(identity && { identity: existingIdentity(stack) }),
    }).addBackend("a.openai.azure.com");
  },
  { ...place, name: "agw", listener: GatewayListener.http() },
  (stack) => ({
    ...placeChanges,
    ...settings,
    firewallPolicy: [existingPolicy(stack)],
    name: ["other"],
    network: ["other"],
    identity: ["other"],
    listener: [GatewayListener.https({ certificate })],
    zones: [["1"]],
    clientCertificates: [],
    dependsOn: [[{ fqn: "azurerm_subnet.x" }]],
    pools: [[pool]],
    routes: [[route]],
    listeners: [[additional]],
  }),
);

/** With a member in the pool of all backends. */
function gatewayWith(stack: TerraformStack, props: Partial<ApplicationGatewayProps>): void {
  makeGateway(stack, { pools: [pool], ...props }).addBackend("a.openai.azure.com");
}

covers<GatewayPool>(
  "GatewayPool",
  (stack, props) => gatewayWith(stack, { pools: [props] }),
  pool,
  () => ({
    name: ["other"],
    fqdns: [["b.openai.azure.com"]],
  }),
);

covers<GatewayRoute>(
  "GatewayRoute",
  (stack, props) => gatewayWith(stack, { routes: [props] }),
  route,
  () => ({
    name: ["other"],
    paths: [["/other/*"], ["/images/*", "/other/*"]],
    pool: ["pool"],
    stripPrefix: [true],
    responseHeaders: [{ "x-pool": "pool" }],
  }),
);

covers<AdditionalListener>(
  "AdditionalListener",
  (stack, props) => gatewayWith(stack, { listeners: [props] }),
  additional,
  () => ({
    name: ["other"],
    listener: [GatewayListener.http({ port: 8081 })],
    pool: ["pool"],
    responseHeaders: [{ "x-pool": "pool" }],
    // Only where the gateway has both: see frontend.test.ts.
    frontend: [],
  }),
);

covers<FirewallPolicyProps>(
  "FirewallPolicy",
  (stack, props) => new FirewallPolicy(stack, "Firewall", props),
  { ...place, name: "waf" },
  () => ({
    ...placeChanges,
    name: ["other"],
    mode: [FirewallMode.PREVENTION],
    promptFields: [[], ["messages"]],
    inspectedBodyKb: [64],
    maxRequestBodyKb: [64],
    maxFileUploadMb: [10],
    allowedClientCidrs: [["203.0.113.0/24"]],
    allowedCountries: [["DE"]],
    rateLimit: [{ requests: 10 }, { requests: 20 }, { requests: 10, per: Duration.minutes(5) }],
  }),
);

covers<FirewallPolicyAttributes>(
  "FirewallPolicy.fromFirewallPolicyAttributes",
  (stack, { firewallPolicyId }) =>
    makeGateway(stack, { firewallPolicy: existingPolicy(stack, firewallPolicyId) }).addBackend("a.openai.azure.com"),
  { firewallPolicyId: FIREWALL_POLICY_ID },
  () => ({ firewallPolicyId: [`${FIREWALL_POLICY_ID}2`] }),
);

covers<Omit<GatewayMonitoringProps, "gateway"> & { gateway?: "other" }>(
  "GatewayMonitoring",
  (stack, { gateway, ...props }) =>
    new GatewayMonitoring(stack, "Monitoring", {
      ...props,
      gateway: existingGateway(stack, gateway && `${GATEWAY_ID}2`),
    }),
  { ...place, name: "llm", alerts: {} },
  () => ({
    ...placeChanges,
    name: ["other"],
    gateway: ["other"],
    maxInstances: [5, 10],
    workspaceId: [WORKSPACE_ID],
    retentionDays: [90],
    alerts: [{ throttledPercent: 1 }],
  }),
);

covers<GatewayAlertsOptions>(
  "GatewayAlertsOptions",
  (stack, alerts) => loadBalancer(stack, { monitoring: { alerts } }),
  {},
  () => ({
    receivers: [AlertReceivers.existing(ACTION_GROUP_ID), AlertReceivers.existing(`${ACTION_GROUP_ID}2`)],
    serverErrorPercent: [7],
    throttledPercent: [7],
    responseTime: [Duration.minutes(7)],
    capacityPercent: [7],
  }),
);

covers<NewActionGroupProps>(
  "AlertReceivers.newGroup",
  (stack, props) => loadBalancer(stack, { monitoring: { alerts: { receivers: AlertReceivers.newGroup(props) } } }),
  { emails: ["ops@contoso.com"] },
  () => ({ emails: [["dev@contoso.com"]], webhooks: [["https://alerts.contoso.com/hook"]] }),
);

const endpoint = { name: "europe", fqdn: "llm-eu.swedencentral.cloudapp.azure.com", location: "swedencentral" };
const profile = { name: "llm", resourceGroupName: "rg", dnsLabel: "contoso-llm", endpoints: [endpoint] };

covers<TrafficManagerProps>(
  "TrafficManager",
  (stack, props) => new TrafficManager(stack, "Traffic", props),
  profile,
  () => ({
    name: ["other"],
    resourceGroupName: ["rg-other"],
    tags: [{ a: "b" }],
    dnsLabel: ["other"],
    routing: [RoutingMethod.PRIORITY, RoutingMethod.WEIGHTED],
    ttl: [Duration.seconds(7)],
    probe: [{ path: "/x" }],
    endpoints: [[{ ...endpoint, name: "other" }]],
  }),
);

covers<TrafficEndpoint>(
  "TrafficEndpoint",
  (stack, props) => new TrafficManager(stack, "Traffic", { ...profile, endpoints: [props] }),
  endpoint,
  () => ({ name: ["other"], fqdn: ["other.eastus.cloudapp.azure.com"], location: ["eastus"], weight: [2] }),
);

covers<TrafficProbe>(
  "TrafficProbe",
  (stack, probe) => new TrafficManager(stack, "Traffic", { ...profile, probe }),
  {},
  () => ({
    protocol: [ListenerProtocol.HTTP],
    port: [8443],
    path: ["/x"],
    hostName: ["llm.contoso.com"],
    interval: [Duration.seconds(30)],
    timeout: [Duration.seconds(7)],
    toleratedFailures: [0],
  }),
);

covers<GatewayNetworkAttributes>(
  "GatewayNetwork.fromGatewayNetworkAttributes",
  (stack, attributes) =>
    makeGateway(stack, { network: existingNetwork(stack, attributes) }).addBackend("a.openai.azure.com"),
  { subnetId: SUBNET_ID, publicIpAddressId: PUBLIC_IP_ID },
  () => ({
    subnetId: [`${SUBNET_ID}2`],
    publicIpAddressId: [`${PUBLIC_IP_ID}2`],
    privateIpAddress: ["10.0.0.9"],
    // Written nowhere: it is what accounts let in.
    egressIpAddresses: [],
  }),
);

covers<GatewayNetworkProps>(
  "GatewayNetwork",
  (stack, props) => new GatewayNetwork(stack, "Network", props),
  { ...place, name: "aoai", listenerPorts: [443], instances: { min: 1, max: 2 } },
  () => ({
    ...placeChanges,
    ...addresses,
    // A private address is in the gateway's blocks alone.
    frontend: addresses.frontend.slice(0, -1),
    name: ["other"],
    listenerPorts: [[80], [443, 80]],
    // Only checked against the subnet's size.
    instances: [],
  }),
);

covers<Pick<GatewayNetworkProps, "virtualNetworkId" | "gatewaySubnetPrefix">>(
  "GatewayNetwork in an existing network",
  (stack, props) =>
    new GatewayNetwork(stack, "Network", {
      ...place,
      name: "aoai",
      listenerPorts: [443],
      instances: { min: 1, max: 2 },
      ...props,
    }),
  { virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.9.1.0/24" },
  () => ({ virtualNetworkId: [`${VIRTUAL_NETWORK_ID}2`], gatewaySubnetPrefix: ["10.9.2.0/24"] }),
);

covers<ExistingBackendOptions>(
  "OpenAiBackend.fromFqdn",
  (stack, options) =>
    loadBalancer(stack, {
      backends: [OpenAiBackend.fromFqdn("a.openai.azure.com"), OpenAiBackend.fromFqdn("b.openai.azure.com", options)],
      addressing,
    }),
  {},
  () => ({
    ...backendChanges,
    // Decides what is warned about.
    private: [],
    name: ["other"],
  }),
);

covers<ManagedIdentityProps>(
  "ManagedIdentity",
  (stack, props) => new ManagedIdentity(stack, "Identity", props),
  { ...place, name: "identity" },
  () => ({ ...placeChanges, name: ["other"] }),
);

covers<ManagedIdentityAttributes>(
  "ManagedIdentity.fromManagedIdentityAttributes",
  (stack, attributes) =>
    loadBalancer(stack, {
      listener: GatewayListener.https({ certificate }),
      gatewayIdentity: ManagedIdentity.fromManagedIdentityAttributes(stack, "Identity", attributes),
    }),
  { identityId: IDENTITY_ID, principalId: GROUP_ID },
  () => ({ identityId: [`${IDENTITY_ID}2`], principalId: [USER_ID] }),
);

covers<OpenAiAccountProps>(
  "OpenAiAccount",
  (stack, props) => new OpenAiAccount(stack, "Account", props),
  { ...place, ...account },
  (stack) => ({
    ...placeChanges,
    ...accountChanges,
    ...networkChanges,
    protect: [true],
    provider: [otherSubscription(stack)],
  }),
);

covers<OpenAiAccountAttributes>(
  "OpenAiAccount.fromAccountAttributes",
  (stack, attributes) => {
    const imported = OpenAiAccount.fromAccountAttributes(stack, "Account", attributes);
    return loadBalancer(stack, { backends: [OpenAiBackend.fromAccount(imported)] });
  },
  { accountId: accountId("a"), fqdn: "a.openai.azure.com" },
  (stack) => ({
    accountId: [accountId("b")],
    fqdn: ["b.openai.azure.com"],
    provider: [otherSubscription(stack)],
  }),
);

covers<ClientCertificates>(
  "ClientCertificates",
  (stack, clientCertificates) =>
    loadBalancer(stack, { clientCertificates, listener: GatewayListener.https({ certificate }) }),
  { authorities: [CLIENT_ROOT] },
  () => ({ authorities: [[CLIENT_ROOT, CLIENT_ROOT]], verifyIssuer: [true], checkRevocation: [true] }),
);

covers<AccountNetworkRules>(
  "AccountNetworkRules",
  (stack, networkRules) => new OpenAiAccount(stack, "Account", { ...place, ...account, networkRules }),
  {},
  () => ({ ipRanges: [["203.0.113.7"]], subnetIds: [[SUBNET_ID]] }),
);

covers<GatewayOnlyOptions>(
  "AccountNetwork.gatewayOnly",
  (stack, options) =>
    loadBalancer(stack, {
      backends: [OpenAiBackend.newAccount(account)],
      accountNetwork: AccountNetwork.gatewayOnly(options),
    }),
  {},
  () => ({ allowedIpRanges: [["203.0.113.7"]] }),
);

covers<PrivateEndpointsOptions>(
  "AccountNetwork.privateEndpoints",
  (stack, options) =>
    loadBalancer(stack, {
      backends: [OpenAiBackend.newAccount(account)],
      accountNetwork: AccountNetwork.privateEndpoints(options),
    }),
  { dnsZoneIds: DNS_ZONE_IDS },
  (stack) => ({
    subnetId: [SUBNET_ID],
    subnetPrefix: ["10.0.9.0/24"],
    dnsZoneIds: [DNS_ZONE_IDS.map((id) => id.replace("rg-dns", "rg-other"))],
    linkDnsZones: [false],
    dnsZonesProvider: [otherSubscription(stack)],
  }),
);

covers<NewAccountProps>(
  "OpenAiBackend.newAccount",
  (stack, props) =>
    loadBalancer(stack, {
      backends: [OpenAiBackend.fromFqdn("z.openai.azure.com"), OpenAiBackend.newAccount(props)],
      addressing,
    }),
  account,
  (stack) => ({
    ...accountChanges,
    ...backendChanges,
    backendName: ["other"],
    deployments: [[deployment]],
    resourceGroupName: ["rg-other"],
    provider: [otherSubscription(stack)],
  }),
);

covers<ModelDeployment>(
  "ModelDeployment",
  (stack, props) => new OpenAiAccount(stack, "Account", { ...place, ...account }).addDeployment(props),
  deployment,
  () => ({
    name: ["other"],
    model: ["other"],
    version: ["2"],
    sku: [DeploymentType.GLOBAL_STANDARD],
    capacityUnits: [2],
  }),
);

covers<HealthProbeProps>(
  "HealthProbe",
  (stack, props) => loadBalancer(stack, { healthProbe: new HealthProbe(props) }),
  {},
  () => ({
    path: ["/x"],
    interval: [Duration.seconds(40)],
    timeout: [Duration.seconds(20)],
    unhealthyThreshold: [2],
    statusCodes: [["200"]],
  }),
);

covers<HttpListenerProps>(
  "GatewayListener.http",
  (stack, props) => loadBalancer(stack, { listener: GatewayListener.http(props) }),
  {},
  () => ({ port: [8080], hostNames: [["x.com"]] }),
);

covers<HttpsListenerProps>(
  "GatewayListener.https",
  (stack, props) => loadBalancer(stack, { listener: GatewayListener.https(props) }),
  { certificate },
  () => ({
    port: [8443],
    hostNames: [["x.com"]],
    certificate: [GatewayCertificate.selfSigned()],
    redirectHttp: [false],
    tlsPolicy: [TlsPolicy.APP_GW_SSL_POLICY_20220101],
  }),
);

covers<KeyVaultCertificateProps>(
  "GatewayCertificate.fromKeyVault",
  (stack, props) =>
    loadBalancer(stack, { listener: GatewayListener.https({ certificate: GatewayCertificate.fromKeyVault(props) }) }),
  { keyVaultId: VAULT_ID, secretId: SECRET_ID },
  () => ({
    keyVaultId: [VAULT_ID.replace("rg-shared", "rg-other")],
    secretId: [`${SECRET_ID}2`],
    grantAccess: [false],
  }),
);

covers<SelfSignedCertificateProps>(
  "GatewayCertificate.selfSigned",
  (stack, props) =>
    loadBalancer(stack, { listener: GatewayListener.https({ certificate: GatewayCertificate.selfSigned(props) }) }),
  {},
  () => ({ subject: ["CN=x"], dnsNames: [["x.com"]], keyVaultName: ["kv-other"] }),
);

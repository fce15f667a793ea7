import { type TerraformStack } from "cdktf";
import {
  Duration,
  GatewayCertificate,
  GatewayListener,
  GatewayScale,
  HealthProbe,
  OpenAiBackend,
  type OpenAiLoadBalancerProps,
  Principal,
  TlsPolicy,
} from "../../lib/index.js";
import { GROUP_ID, loadBalancer, SECRET_ID, SUBNET_ID, VAULT_ID } from "../support/load-balancer.js";
import { makeStack, Synthesized } from "../support/synth.js";

/** A load balancer in which every prop can have an effect. */
function base(): OpenAiLoadBalancerProps {
  return {
    name: "aoai",
    location: "eastus",
    resourceGroupName: "rg",
    listener: GatewayListener.http(),
    backends: [OpenAiBackend.newAccount({ name: "account-a", location: "eastus" })],
    deployments: [{ name: "gpt", model: "gpt-4o", version: "1", sku: "Standard", capacityUnits: 1 }],
  };
}

function jsonOf(build: (stack: TerraformStack) => void): string {
  const stack = makeStack();
  build(stack);
  return JSON.stringify(Synthesized.of(stack).json["resource"]);
}

const account = { name: "account-a", location: "eastus" };
const deployment = { name: "gpt", model: "gpt-4o", version: "1", sku: "Standard", capacityUnits: 1 };
const fromKeyVault = GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: SECRET_ID });
const https = { certificate: fromKeyVault };

/** Each prop with a value that is not the base's: the compiler insists that none is left out. */
const changes: Required<{ [K in keyof OpenAiLoadBalancerProps]: readonly OpenAiLoadBalancerProps[K][] }> = {
  name: ["other"],
  location: ["westus"],
  resourceGroupName: ["rg-other"],
  listener: [
    GatewayListener.http({ port: 8080 }),
    GatewayListener.http({ hostNames: ["x.com"] }),
    GatewayListener.https(https),
    GatewayListener.https({ ...https, port: 8443 }),
    GatewayListener.https({ ...https, hostNames: ["x.com"] }),
    GatewayListener.https({ ...https, redirectHttp: false }),
    GatewayListener.https({ ...https, tlsPolicy: TlsPolicy.APP_GW_SSL_POLICY_20220101 }),
    GatewayListener.https({ certificate: GatewayCertificate.selfSigned() }),
    GatewayListener.https({ certificate: GatewayCertificate.selfSigned({ subject: "CN=x" }) }),
    GatewayListener.https({ certificate: GatewayCertificate.selfSigned({ dnsNames: ["x.com"] }) }),
    GatewayListener.https({ certificate: GatewayCertificate.selfSigned({ keyVaultName: "kv-other" }) }),
    GatewayListener.https({
      certificate: GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: `${SECRET_ID}2` }),
    }),
  ],
  backends: [
    [OpenAiBackend.newAccount(account), OpenAiBackend.fromFqdn("b.openai.azure.com")],
    [OpenAiBackend.newAccount({ ...account, name: "account-b" })],
    [OpenAiBackend.newAccount({ ...account, location: "westus" })],
    [OpenAiBackend.newAccount({ ...account, customSubdomain: "other" })],
    [OpenAiBackend.newAccount({ ...account, localAuthEnabled: true })],
  ],
  deployments: [
    [],
    [{ ...deployment, name: "other" }],
    [{ ...deployment, model: "other" }],
    [{ ...deployment, version: "2" }],
    [{ ...deployment, sku: "GlobalStandard" }],
    [{ ...deployment, capacityUnits: 2 }],
  ],
  requestTimeout: [Duration.seconds(100)],
  drainTimeout: [Duration.seconds(600)],
  healthProbe: [
    new HealthProbe({ path: "/x" }),
    new HealthProbe({ interval: Duration.seconds(40) }),
    new HealthProbe({ timeout: Duration.seconds(20) }),
    new HealthProbe({ unhealthyThreshold: 2 }),
    new HealthProbe({ statusCodes: ["200"] }),
  ],
  streaming: [false],
  scale: [GatewayScale.fixed(2), GatewayScale.auto({ minInstances: 3 }), GatewayScale.auto({ maxInstances: 5 })],
  subnetId: [SUBNET_ID],
  addressSpace: [["10.9.0.0/16"]],
  gatewaySubnetPrefix: ["10.0.9.0/24"],
  allowedClientCidrs: [["203.0.113.0/24"]],
  dnsLabel: ["label"],
  clientIdentity: [false],
  principals: [[Principal.user(GROUP_ID)]],
  tags: [{ a: "b" }],
};

describe("no prop is dropped silently: each changes what is synthesized, in its own way", () => {
  const baseline = jsonOf((stack) => loadBalancer(stack, base()));
  test.each(Object.entries(changes))("%s", (prop, values) => {
    const outcomes = values.map((value) => jsonOf((stack) => loadBalancer(stack, { ...base(), [prop]: value })));
    expect(new Set([baseline, ...outcomes]).size).toBe(values.length + 1);
  });
});

import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import {
  ApplicationGateway,
  Frontend,
  GatewayCertificate,
  GatewayListener,
  GatewayNetwork,
  OpenAiBackend,
  type OpenAiLoadBalancerProps,
} from "../../lib/index.js";
import { existingIdentity, place } from "../support/application-gateway.js";
import { loadBalancer, PUBLIC_IP_ID, SUBNET_ID, VIRTUAL_NETWORK_ID } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { makeStack, makeStacks, synth } from "../support/synth.js";

const labelled = Frontend.public({ dnsLabel: "contoso" });

describe("names of one resource group", () => {
  test.each([
    ["two gateways", "One", "ONE"],
    ["two gateways of one name", "one", "one"],
  ])("%s are refused", (_, first, second) => {
    expect(() =>
      synth((stack) => {
        loadBalancer(stack, { name: first, clientIdentity: false }, "A");
        loadBalancer(stack, { name: second, clientIdentity: false }, "B");
      }),
    ).toThrow(/^stack\/B\/Network: name: /);
  });

  test("may be used again in another one", () => {
    const out = synth((stack) => {
      for (const resourceGroupName of ["rg-a", "rg-b"])
        loadBalancer(stack, { resourceGroupName, clientIdentity: false }, resourceGroupName);
    });
    expect(out.all("azurerm_application_gateway")).toHaveLength(2);
  });
});

test("a resource group by its name and by a reference to it is one", () => {
  const stack = makeStack();
  const group = new ResourceGroup(stack, "Group", { name: "rg-a", location: "eastus" });
  const gateway = (resourceGroupName: string, id: string) =>
    loadBalancer(stack, { resourceGroupName, clientIdentity: false }, id);
  gateway(group.name, "A");
  expect(() => gateway("RG-A", "B")).toThrow(refusal("stack/B/Network", "name"));
  expect(() => gateway("rg-b", "C")).not.toThrow();
});

describe("names that are unique beyond a resource group", () => {
  const account = (name: string, location: string, customSubdomain = "contoso") => [
    OpenAiBackend.newAccount({ name, location, customSubdomain }),
  ];
  const vault = (keyVaultName: string) =>
    GatewayListener.https({ certificate: GatewayCertificate.selfSigned({ keyVaultName }) });
  type Props = Partial<OpenAiLoadBalancerProps>;
  const cases: [string, string, Props, Props][] = [
    [
      "a custom subdomain",
      "stack/B/Account-two: customSubdomain",
      { backends: account("one", "eastus") },
      { backends: account("two", "westus") },
    ],
    [
      "a vault's name, in any case",
      "stack/B/Gateway/Certificate: keyVaultName",
      { listener: vault("kv-contoso") },
      { listener: vault("KV-contoso") },
    ],
    ["a DNS label of a region", "stack/B/Network: frontend.dnsLabel", { frontend: labelled }, { frontend: labelled }],
    [
      "an address of a subnet",
      "stack/B/Network: frontend.ipAddress",
      { subnetId: SUBNET_ID, frontend: Frontend.public().withPrivate({ ipAddress: "10.9.0.9" }) },
      { subnetId: SUBNET_ID, frontend: Frontend.public().withPrivate({ ipAddress: "10.9.0.9" }) },
    ],
    [
      "a subnet of a network",
      "stack/B/Network: name",
      { virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.9.1.0/24" },
      { name: "one", virtualNetworkId: VIRTUAL_NETWORK_ID, gatewaySubnetPrefix: "10.9.2.0/24" },
    ],
  ];
  const both = (first: Props, second: Props) => {
    const stack = makeStack();
    loadBalancer(stack, { name: "one", resourceGroupName: "rg-a", clientIdentity: false, ...first }, "A");
    loadBalancer(stack, { name: "two", resourceGroupName: "rg-b", clientIdentity: false, ...second }, "B");
  };

  test.each(cases)("%s is given once", (_, start, first, second) => {
    expect(() => both(first, second)).toThrow(new RegExp(`^${start}: .*unique`));
  });

  test("a subdomain may be used again in another cloud, a DNS label in another region", () => {
    expect(() =>
      both(
        { backends: account("one", "eastus"), frontend: labelled },
        { backends: account("two", "usgovvirginia"), frontend: labelled, location: "westus" },
      ),
    ).not.toThrow();
  });
});

describe("a public address is for one gateway", () => {
  test("not for two gateways of one network", () => {
    const stack = makeStack();
    const network = new GatewayNetwork(stack, "Network", {
      name: "shared",
      ...place,
      listenerPorts: [80],
      instances: { min: 1, max: 2 },
    });
    const gateway = (name: string) =>
      new ApplicationGateway(stack, name, {
        name,
        ...place,
        network,
        identity: existingIdentity(stack, undefined, `${name}-identity`),
        listener: GatewayListener.http(),
      });
    gateway("One");
    expect(() => gateway("Two")).toThrow(refusal("stack/Two", "publicIpAddressId"));
  });

  test("nor for two gateways that are given the same one, also in two stacks", () => {
    const [one, two] = makeStacks("one", "two");
    loadBalancer(one, { frontend: Frontend.existingPublic(PUBLIC_IP_ID) });
    expect(() => loadBalancer(two, { frontend: Frontend.existingPublic(PUBLIC_IP_ID.toLowerCase()) })).toThrow(
      refusal("two/LB/Network", "publicIpAddressId"),
    );
  });

  test("nor for the one that has created it and another", () => {
    const stack = makeStack();
    const { subnetId, publicIpAddressId = "" } = loadBalancer(stack, {}, "A").network;
    expect(() =>
      loadBalancer(stack, { name: "b", subnetId, frontend: Frontend.existingPublic(publicIpAddressId) }, "B"),
    ).toThrow(refusal("stack/B/Network", "publicIpAddressId"));
  });
});

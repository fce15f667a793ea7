import { type TerraformStack } from "cdktf";
import {
  Duration,
  ListenerProtocol,
  RoutingMethod,
  TrafficManager,
  type TrafficManagerProps,
} from "../../lib/index.js";
import { portProblem } from "../../lib/rules/gateway.js";
import { probePathProblem } from "../../lib/rules/health-probe.js";
import { backendFqdnProblem } from "../../lib/rules/host-name.js";
import { locationProblem } from "../../lib/rules/location.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import {
  publicHostName,
  toleratedFailuresProblem,
  trafficManagerDomain,
  trafficProbeIntervalProblem,
  trafficProbeTimesProblem,
  ttlSecondsProblem,
  weightProblem,
} from "../../lib/rules/traffic-manager.js";
import { refusal } from "../support/refusal.js";
import { makeStack, synth } from "../support/synth.js";

const europe = { name: "europe", fqdn: "llm-eu.swedencentral.cloudapp.azure.com", location: "Sweden Central" };
const america = { name: "america", fqdn: "llm-us.eastus2.cloudapp.azure.com", location: "eastus2" };

function profile(stack: TerraformStack, props: Partial<TrafficManagerProps> = {}): TrafficManager {
  return new TrafficManager(stack, "Traffic", {
    name: "llm",
    resourceGroupName: "rg",
    dnsLabel: "contoso-llm",
    endpoints: [europe, america],
    ...props,
  });
}

describe("TrafficManager", () => {
  test("with all defaults", () => {
    expect(synth((stack) => profile(stack)).json["resource"]).toMatchSnapshot();
  });

  test("with everything set", () => {
    const props: Required<TrafficManagerProps> = {
      name: "llm",
      resourceGroupName: "rg",
      tags: { owner: "platform" },
      dnsLabel: "contoso-llm",
      routing: RoutingMethod.WEIGHTED,
      ttl: Duration.minutes(1),
      probe: {
        protocol: ListenerProtocol.HTTP,
        port: 8080,
        path: "/healthy",
        hostName: "llm.contoso.com",
        interval: Duration.seconds(30),
        timeout: Duration.seconds(10),
        toleratedFailures: 0,
      },
      endpoints: [{ ...europe, weight: 3 }, america],
    };
    expect(synth((stack) => profile(stack, props)).json["resource"]).toMatchSnapshot();
  });

  test("with priority routing the order of the gateways is that of the choice", () => {
    const out = synth((stack) => {
      profile(stack, { routing: RoutingMethod.PRIORITY }).addEndpoint({ ...europe, name: "spare" });
    });
    const endpoints = out.all("azurerm_traffic_manager_external_endpoint");
    expect(endpoints.map(({ name, priority }) => [name, priority])).toEqual(
      expect.arrayContaining([
        ["europe", 1],
        ["america", 2],
        ["spare", 3],
      ]),
    );
  });

  test.each<[Partial<TrafficManagerProps>, string, string | undefined]>([
    [{ name: "a_b" }, "name", nameProblem("trafficManager")("a_b")],
    [{ dnsLabel: "-" }, "dnsLabel", nameProblem("dnsLabel")("-")],
    [{ ttl: Duration.seconds(2 ** 31) }, "ttl", ttlSecondsProblem(2 ** 31)],
    [{ endpoints: [{ ...europe, name: "a-" }] }, "endpoint.name", nameProblem("gateway")("a-")],
    [{ endpoints: [{ ...europe, fqdn: "https://x" }] }, "endpoint.fqdn", backendFqdnProblem("https://x")],
    [{ endpoints: [{ ...europe, location: "?" }] }, "endpoint.location", locationProblem("?")],
    [{ endpoints: [{ ...europe, weight: 0 }] }, "endpoint.weight", weightProblem(0)],
    [{ endpoints: [europe, { ...america, name: "EUROPE" }] }, "endpoint.name", undefined],
    [{ probe: { port: 22 } }, "probe.port", portProblem(22)],
    [{ probe: { path: "x" } }, "probe.path", probePathProblem("x")],
    [{ probe: { hostName: "x y" } }, "probe.hostName", backendFqdnProblem("x y")],
    [{ probe: { interval: Duration.seconds(20) } }, "probe.interval", trafficProbeIntervalProblem(20)],
    [
      { probe: { timeout: Duration.seconds(10) } },
      "probe",
      trafficProbeTimesProblem({ intervalSeconds: 10, timeoutSeconds: 10 }),
    ],
    [{ probe: { toleratedFailures: 10 } }, "probe.toleratedFailures", toleratedFailuresProblem(10)],
  ])("refuses %j", (props, prop, problem) => {
    expect(() => profile(makeStack(), props)).toThrow(refusal("stack/Traffic", prop, problem));
  });

  test("refuses a profile without gateways, when the app is synthesized", () => {
    expect(() => synth((stack) => profile(stack, { endpoints: [] }))).toThrow("[stack/Traffic] endpoints: ");
  });
});

test("host names are those of the region's cloud", () => {
  expect(publicHostName("llm", "eastus")).toBe("llm.eastus.cloudapp.azure.com");
  expect(publicHostName("llm", "usgovvirginia")).toBe("llm.usgovvirginia.cloudapp.usgovcloudapi.net");
  expect(publicHostName("llm", "chinanorth3")).toBe("llm.chinanorth3.cloudapp.chinacloudapi.cn");
  expect(["eastus", "usgovvirginia", "chinanorth3"].map(trafficManagerDomain)).toEqual([
    "trafficmanager.net",
    "usgovtrafficmanager.net",
    "trafficmanager.cn",
  ]);
});

import { Lab } from "../../lib/cli/lab.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { topologyOf } from "../../lib/ui/topology.js";
import { readJson, synthConfig } from "../support/config.js";

test("the repository's gateway, as it is drawn", async () => {
  const model = parseGatewayModel(synthConfig(readJson("gateway.config.json")).json);
  await using lab = await Lab.create({ model, limits: () => ({ requestsPerMinute: 60 }) });
  const { gateway, accounts: backends, deployment } = lab;
  const topology = topologyOf({ model, gateway, backends, deployment, probeTimeScale: 10 });
  expect(topology).toEqual({
    name: "agw-aoai-kiss-lb",
    sku: "Standard_v2",
    instances: 2,
    probeTimeScale: 10,
    deployment: "gpt-5-mini",
    notSimulated: [
      "scaling from 2 to 10 instances",
      "the arguments gateway_ip_configuration, identity, ssl_certificate, ssl_policy",
    ],
    listeners: [
      { name: "clients", protocol: "Https", port: 443, hostNames: [], url: gateway.urls.get("clients")?.url },
      { name: "clients-http", protocol: "Http", port: 80, hostNames: [], url: gateway.urls.get("clients-http")?.url },
    ],
    rules: [
      {
        name: "clients-to-openai",
        priority: 100,
        listener: "clients",
        routes: [{ paths: [], action: { kind: "forward", target: "openai/openai-https" } }],
      },
      {
        name: "http-to-https",
        priority: 200,
        listener: "clients-http",
        routes: [{ paths: [], action: { kind: "redirect", status: 301, to: "clients" } }],
      },
    ],
    targets: [
      {
        id: "openai/openai-https",
        pool: "openai",
        settings: "openai-https",
        protocol: "Https",
        port: 443,
        requestTimeoutSeconds: 240,
        members: backends.map(({ fqdn }) => fqdn),
        probe: { path: "/status-0123456789abcdef", intervalSeconds: 30, timeoutSeconds: 30, unhealthyThreshold: 3 },
      },
    ],
    backends: backends.map(({ fqdn, server }) => ({ fqdn, url: server.url, requestsPerMinute: 60 })),
  });
});

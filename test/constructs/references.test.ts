import {
  Egress,
  Frontend,
  GatewayCertificate,
  GatewayListener,
  OpenAiLoadBalancer,
  type OpenAiLoadBalancerProps,
} from "../../lib/index.js";
import { brokenReferences, repeatedPriorities } from "../support/references.js";
import { fullProps, loadBalancer, SECRET_ID, VAULT_ID } from "../support/load-balancer.js";
import { synth } from "../support/synth.js";

const certificate = GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: SECRET_ID });

describe("blocks refer to each other by names that exist", () => {
  const shapes: [string, Partial<OpenAiLoadBalancerProps>][] = [
    ["HTTP", {}],
    ["HTTPS with a redirect", { listener: GatewayListener.https({ certificate }) }],
    ["HTTPS without", { listener: GatewayListener.https({ certificate, redirectHttp: false }) }],
    ["a public and a private address", { frontend: Frontend.public().withPrivate() }],
    [
      "both, and redirects of several host names",
      {
        frontend: Frontend.public().withPrivate(),
        listener: GatewayListener.https({ certificate, hostNames: ["a.example.com", "b.example.com"] }),
      },
    ],
    ["subnets inside the network", { inlineSubnets: true, egress: Egress.natGateway() }],
    ["a certificate made here", { listener: GatewayListener.https({ certificate: GatewayCertificate.selfSigned() }) }],
  ];
  test.each(shapes)("%s", (_, props) => {
    const { json } = synth((stack) => loadBalancer(stack, props));
    expect(brokenReferences(json)).toEqual([]);
    expect(repeatedPriorities(json)).toEqual([]);
  });

  test("everything set", () => {
    const { json } = synth((stack) => new OpenAiLoadBalancer(stack, "LB", fullProps(stack)));
    expect(brokenReferences(json)).toEqual([]);
  });

  test("the walk finds a name that is not there, and a resource that is not", () => {
    const { json } = synth((stack) => loadBalancer(stack));
    const text = JSON.stringify(json)
      .replace('"probe_name":"openai-status"', '"probe_name":"gone"')
      .replace("azurerm_public_ip.LB", "azurerm_public_ip.XX");
    expect(brokenReferences(JSON.parse(text))).toEqual([
      expect.stringMatching(/^azurerm_public_ip\.XX_/),
      "backend_http_settings.probe_name: gone",
    ]);
  });
});

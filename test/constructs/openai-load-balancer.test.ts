import { TerraformOutput } from "cdktf";
import {
  DeploymentType,
  Frontend,
  GatewayListener,
  OpenAiAccount,
  OpenAiBackend,
  OpenAiLoadBalancer,
  Principal,
} from "../../lib/index.js";
import { backendFqdnProblem } from "../../lib/rules/host-name.js";
import { sharedQuotaWarnings } from "../../lib/rules/quota.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import {
  accountId,
  fullProps,
  GROUP_ID,
  loadBalancer,
  minimalProps,
  SUBNET_ID,
  USER_ID,
} from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth, Synthesized } from "../support/synth.js";

const OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";
const deployment = {
  name: "chat",
  model: "gpt-5-mini",
  version: "2025-08-07",
  sku: DeploymentType.GLOBAL_STANDARD,
  capacityUnits: 50,
};

describe("OpenAiLoadBalancer", () => {
  test("with all defaults", () => {
    expect(synth((stack) => loadBalancer(stack)).json["resource"]).toMatchSnapshot();
  });

  test("with everything set", () => {
    const { json } = synth((stack) => new OpenAiLoadBalancer(stack, "LB", fullProps(stack)));
    expect(json["resource"]).toMatchSnapshot();
  });

  test("keeps its construct tree, which Terraform's addresses are made of", () => {
    const stack = makeStack();
    new OpenAiLoadBalancer(stack, "LB", fullProps(stack));
    const paths = stack.node.findAll().map(({ node }) => node.path.replace(/^stack\//, ""));
    expect(paths.filter((path) => /^(LB|RoleAssignments)/.test(path))).toEqual([
      "LB",
      "LB/Network",
      "LB/Network/PublicAddress",
      "LB/Network/Network",
      "LB/Network/Subnet",
      "LB/Network/SecurityGroup",
      "LB/Network/SecurityGroupOnSubnet",
      "LB/Network/NatAddress",
      "LB/Network/NatGateway",
      "LB/Network/NatAddressOnNatGateway",
      "LB/Network/NatGatewayOnSubnet",
      "LB/Network/EndpointSubnet",
      "LB/Network/EndpointSecurityGroup",
      "LB/Network/EndpointSecurityGroupOnSubnet",
      "LB/Network/PublicAddressLock",
      "LB/Network/NatAddressLock",
      "LB/PrivateEndpoints",
      "LB/PrivateEndpoints/Zone-privatelink.openai.azure.com",
      "LB/PrivateEndpoints/Zone-privatelink.cognitiveservices.azure.com",
      "LB/PrivateEndpoints/Zone-privatelink.services.ai.azure.com",
      "LB/PrivateEndpoints/Link-privatelink.openai.azure.com",
      "LB/PrivateEndpoints/Link-privatelink.cognitiveservices.azure.com",
      "LB/PrivateEndpoints/Link-privatelink.services.ai.azure.com",
      "LB/GatewayIdentity",
      "LB/GatewayIdentity/Resource",
      "LB/Gateway",
      "LB/Gateway/Certificate",
      "LB/Gateway/Resource",
      "LB/Gateway/DeletionLock",
      "LB/Gateway/Listener-internal",
      "LB/Account-made-here",
      "LB/Account-made-here/Resource",
      "LB/Account-made-here/Deployment-chat",
      "LB/Account-made-here/Deployment-own",
      "LB/Account-made-here/PrivateEndpoint",
      "LB/Account-made-here/DeletionLock",
      "LB/ClientIdentity",
      "LB/ClientIdentity/Resource",
      "LB/Monitoring",
      "LB/Monitoring/Diagnostics",
      "LB/Monitoring/Workbook",
      "LB/Monitoring/Alerts",
      "LB/Monitoring/Alerts/UnhealthyHosts",
      "LB/Monitoring/Alerts/ResponseTime",
      "LB/Monitoring/Alerts/Capacity",
      "LB/Monitoring/Alerts/ServerErrors",
      "LB/Monitoring/Alerts/Throttled",
      "RoleAssignments",
      // What is granted, on what, and to whom.
      "RoleAssignments/KeyVaultSecretsUser-kv-shared-ae93121d-LB_GatewayIdentity_48005CA6-6b89d81a",
      "RoleAssignments/OpenAiUser-existing-9daa18fc-LB_ClientIdentity_EFC7B9DA-0762a3ab",
      "RoleAssignments/CognitiveServicesUser-existing-9daa18fc-LB_ClientIdentity_EFC7B9DA-0762a3ab",
      "RoleAssignments/OpenAiUser-LB_Account-made-here_B7E0A3A2-e7eccb16-LB_ClientIdentity_EFC7B9DA-0762a3ab",
      "RoleAssignments/CognitiveServicesUser-LB_Account-made-here_B7E0A3A2-e7eccb16-LB_ClientIdentity_EFC7B9DA-0762a3ab",
      `RoleAssignments/OpenAiUser-existing-9daa18fc-${GROUP_ID}`,
      `RoleAssignments/CognitiveServicesUser-existing-9daa18fc-${GROUP_ID}`,
      `RoleAssignments/OpenAiUser-LB_Account-made-here_B7E0A3A2-e7eccb16-${GROUP_ID}`,
      `RoleAssignments/CognitiveServicesUser-LB_Account-made-here_B7E0A3A2-e7eccb16-${GROUP_ID}`,
      `RoleAssignments/OpenAiUser-existing-9daa18fc-${USER_ID}`,
      `RoleAssignments/CognitiveServicesUser-existing-9daa18fc-${USER_ID}`,
      `RoleAssignments/OpenAiUser-LB_Account-made-here_B7E0A3A2-e7eccb16-${USER_ID}`,
      `RoleAssignments/CognitiveServicesUser-LB_Account-made-here_B7E0A3A2-e7eccb16-${USER_ID}`,
    ]);
  });

  describe("access", () => {
    test("every caller gets the role on every account, and nothing else", () => {
      const out = synth((stack) => new OpenAiLoadBalancer(stack, "LB", fullProps(stack)));
      const grants = out
        .all("azurerm_role_assignment")
        .filter(({ role_definition_id: role }) => String(role).endsWith(OPENAI_USER))
        .map(({ scope, principal_id: principal, principal_type: type }) => [scope, principal, type]);
      const [madeHere] = out.addresses("azurerm_cognitive_account");
      const identity = out
        .addresses("azurerm_user_assigned_identity")
        .find((address) => address.includes("ClientIdentity"));
      const scopes = [accountId("existing"), `\${${madeHere}.id}`];
      const callers = [
        [`\${${identity}.principal_id}`, "ServicePrincipal"],
        [GROUP_ID, "Group"],
        [USER_ID, "User"],
      ];
      expect(grants).toHaveLength(6);
      expect(grants).toEqual(
        expect.arrayContaining(scopes.flatMap((scope) => callers.map((caller) => [scope, ...caller]))),
      );
    });

    test("a backend that is added later is granted to the callers of before, and a later caller to all", () => {
      const out = synth((stack) => {
        const account = (name: string) =>
          OpenAiBackend.fromAccount(
            OpenAiAccount.fromAccountAttributes(stack, name, {
              accountId: accountId(name),
              fqdn: `${name}.openai.azure.com`,
            }),
          );
        const lb = loadBalancer(stack, {
          backends: [account("one")],
          clientIdentity: false,
          principals: [Principal.group(GROUP_ID)],
        });
        lb.addBackend(account("two"));
        expect(lb.grantInvoke(Principal.user(USER_ID)).dependables).toHaveLength(2);
      });
      const grants = out
        .all("azurerm_role_assignment")
        .map(({ scope, principal_id: principal }) => `${scope} ${principal}`);
      expect(grants.sort()).toEqual(
        ["one", "two"].flatMap((name) => [GROUP_ID, USER_ID].map((id) => `${accountId(name)} ${id}`)).sort(),
      );
    });

    test("granting twice is granting once", () => {
      const out = synth((stack) => {
        const account = OpenAiAccount.fromAccountAttributes(stack, "A", {
          accountId: accountId("a"),
          fqdn: "a.openai.azure.com",
        });
        const lb = loadBalancer(stack, { backends: [OpenAiBackend.fromAccount(account)], clientIdentity: false });
        lb.grantInvoke(Principal.user(USER_ID));
        lb.grantInvoke(Principal.user(USER_ID.toUpperCase()));
        account.grantInvoke(Principal.user(USER_ID));
      });
      expect(out.all("azurerm_role_assignment")).toHaveLength(1);
    });

    test("a role assignment is named after what it grants, and its role needs no look-up", () => {
      const out = synth((stack) => {
        const account = OpenAiAccount.fromAccountAttributes(stack, "A", {
          accountId: accountId("a"),
          fqdn: "a.openai.azure.com",
        });
        account.grantInvoke(Principal.servicePrincipal(USER_ID));
      });
      expect(out.one("azurerm_role_assignment")).toEqual({
        name: `\${uuidv5("url", "${accountId("a").toLowerCase()}|${USER_ID}|${OPENAI_USER}")}`,
        scope: accountId("a"),
        lifecycle: { ignore_changes: ["scope"] },
        role_definition_id: `/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Authorization/roleDefinitions/${OPENAI_USER}`,
        principal_id: USER_ID,
        principal_type: "ServicePrincipal",
        skip_service_principal_aad_check: true,
      });
    });

    test("no identity for callers where none is asked for", () => {
      const out = synth((stack) => {
        const lb = loadBalancer(stack, { clientIdentity: false });
        expect(lb.clientIdentity).toBeUndefined();
        expect(lb.principals).toEqual([]);
      });
      expect(out.all("azurerm_user_assigned_identity").map(({ name }) => name)).toEqual(["id-aoai-gateway"]);
    });
  });

  describe("reuse in somebody else's stack", () => {
    test("with its own subnet, accounts and nothing made twice", () => {
      const out = synth((stack) => loadBalancer(stack, { subnetId: SUBNET_ID }));
      expect(out.all("azurerm_virtual_network")).toEqual([]);
      expect(out.all("azurerm_network_security_group")).toEqual([]);
      expect(out.all("azurerm_resource_group")).toEqual([]);
      expect(out.json["output"]).toBeUndefined();
      expect(blocks(out.gateway, "gateway_ip_configuration")[0]?.["subnet_id"]).toBe(SUBNET_ID);
    });

    test("two of them in one stack", () => {
      const out = synth((stack) => {
        new OpenAiLoadBalancer(stack, "One", { ...minimalProps, name: "one" });
        new OpenAiLoadBalancer(stack, "Two", { ...minimalProps, name: "two" });
      });
      expect(out.all("azurerm_application_gateway").map(({ name }) => name)).toEqual(["agw-one", "agw-two"]);
    });

    test("getters return copies", () => {
      const lb = loadBalancer(makeStack());
      (lb.backendFqdns as string[]).push("intruder");
      expect(lb.backendFqdns).toEqual(["one.openai.azure.com", "two.openai.azure.com"]);
    });

    test("escape hatch: an override reaches the JSON", () => {
      const stack = makeStack();
      const lb = loadBalancer(stack);
      const resource = lb.gateway.node.findChild("Resource") as unknown as {
        addOverride(path: string, value: unknown): void;
      };
      resource.addOverride("fips_enabled", true);
      expect(Synthesized.of(stack).gateway["fips_enabled"]).toBe(true);
    });
  });

  test.each([
    ["the public address", {}, "http://${azurerm_public_ip.LB_Network_PublicAddress_9B89475E.ip_address}"],
    [
      "a DNS label's name",
      { frontend: Frontend.public({ dnsLabel: "my-llm" }) },
      "http://${azurerm_public_ip.LB_Network_PublicAddress_9B89475E.fqdn}",
    ],
    [
      "the listener's host name",
      { listener: GatewayListener.http({ hostNames: ["*.x.com", "llm.x.com"] }) },
      "http://llm.x.com",
    ],
    [
      "a port that is not the default",
      { listener: GatewayListener.http({ port: 8080, hostNames: ["llm.x.com"] }) },
      "http://llm.x.com:8080",
    ],
  ])("its url has %s", (_, props, url) => {
    const { json } = synth((stack) => {
      new TerraformOutput(stack, "url", { value: loadBalancer(stack, props).url });
    });
    expect(json["output"]).toEqual({ url: { value: url } });
  });

  describe("refuses", () => {
    const one = OpenAiBackend.fromFqdn("one.openai.azure.com");
    test.each([
      ["a name that is too long", { name: "a".repeat(60) }, "name", nameProblem("prefix")("a".repeat(60))],
      [
        "an endpoint that is in the pool, whatever its case",
        { backends: [one, OpenAiBackend.fromFqdn("ONE.openai.azure.com")] },
        "backend.fqdn",
        undefined,
      ],
      [
        "an endpoint that is drained as well",
        { backends: [one, OpenAiBackend.fromFqdn("one.openai.azure.com", { drained: true })] },
        "backend.fqdn",
        undefined,
      ],
      [
        "a malformed endpoint",
        { backends: [OpenAiBackend.fromFqdn("https://one.openai.azure.com/")] },
        "backend.fqdn",
        backendFqdnProblem("https://one.openai.azure.com/"),
      ],
      [
        "a principal that is listed twice",
        { principals: [Principal.user(USER_ID), Principal.user(USER_ID)] },
        "principals",
        undefined,
      ],
    ])("%s", (_, props, prop, problem) => {
      expect(() => loadBalancer(makeStack(), props)).toThrow(refusal("stack/LB", prop, problem));
    });

    test("a resource group that Azure would refuse", () => {
      expect(() => loadBalancer(makeStack(), { resourceGroupName: "rg." })).toThrow(
        refusal("stack/LB/Network", "resourceGroupName", nameProblem("resourceGroup")("rg.")),
      );
    });

    test("one account under two names", () => {
      const stack = makeStack();
      const account = (id: string, fqdn: string) =>
        OpenAiBackend.fromAccount(OpenAiAccount.fromAccountAttributes(stack, id, { accountId: accountId("a"), fqdn }));
      expect(() =>
        loadBalancer(stack, {
          backends: [account("A", "a.openai.azure.com"), account("B", "a.cognitiveservices.azure.com")],
        }),
      ).toThrow(refusal("stack/LB", "backend.accountId"));
    });

    test.each([
      ["an empty pool", [], "[stack/LB/Gateway] backends: "],
      [
        "a pool that is drained as a whole",
        [OpenAiBackend.fromFqdn("one.openai.azure.com", { drained: true })],
        "[stack/LB/Gateway] backends: ",
      ],
    ])("%s, when the app is synthesized", (_, backends, message) => {
      expect(() => synth((stack) => loadBalancer(stack, { backends }))).toThrow(message);
    });

    test("deployments without an account to put them on, when the app is synthesized", () => {
      expect(() => synth((stack) => loadBalancer(stack, { deployments: [deployment] }))).toThrow(
        "[stack/LB] deployments: ",
      );
    });
  });

  describe("warns of", () => {
    test("callers without a role, once, naming the endpoints", () => {
      const { warnings } = synth((stack) => loadBalancer(stack));
      expect(warnings.filter((warning) => warning.includes("no role is granted"))).toEqual([
        expect.stringMatching(/^one\.openai\.azure\.com, two\.openai\.azure\.com: /),
      ]);
    });

    test("nothing of the kind without callers", () => {
      const { warnings } = synth((stack) => loadBalancer(stack, { clientIdentity: false }));
      expect(warnings.filter((warning) => warning.includes("no role"))).toEqual([]);
    });

    test("accounts that share a quota", () => {
      const backends = ["eastus", "swedencentral"].map((location) =>
        OpenAiBackend.newAccount({ name: `account-${location}`, location }),
      );
      const { warnings } = synth((stack) => loadBalancer(stack, { backends, deployments: [deployment] }));
      const uses = ["eastus", "swedencentral"].map((location) => ({
        ...deployment,
        fqdn: `account-${location}.openai.azure.com`,
        location,
      }));
      expect(sharedQuotaWarnings(uses)).toHaveLength(1);
      expect(warnings).toEqual(expect.arrayContaining(sharedQuotaWarnings(uses)));
    });

    test("accounts of two gateways that share a quota, once", () => {
      const { warnings } = synth((stack) => {
        for (const name of ["one", "two"]) {
          const backends = [OpenAiBackend.newAccount({ name: `account-${name}`, location: "eastus" })];
          loadBalancer(stack, { name, backends, deployments: [deployment] }, name);
        }
      });
      const uses = ["one", "two"].map((name) => ({
        ...deployment,
        fqdn: `account-${name}.openai.azure.com`,
        location: "eastus",
      }));
      expect(warnings.filter((warning) => warning.startsWith("quota:"))).toEqual(sharedQuotaWarnings(uses));
    });
  });
});

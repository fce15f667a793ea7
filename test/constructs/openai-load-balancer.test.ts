import { TerraformOutput } from "cdktf";
import { GatewayListener, OpenAiAccount, OpenAiBackend, OpenAiLoadBalancer, Principal } from "../../lib/index.js";
import {
  accountId,
  fullProps,
  GROUP_ID,
  loadBalancer,
  minimalProps,
  SUBNET_ID,
  USER_ID,
} from "../support/load-balancer.js";
import { blocks, makeStack, synth, Synthesized } from "../support/synth.js";

const OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd";

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
    const lb = new OpenAiLoadBalancer(stack, "LB", fullProps(stack));
    const paths = lb.node.findAll().map(({ node }) => node.path.replace(/^stack\//, ""));
    // The last eight digits tell identities of one name apart.
    expect(paths.map((path) => path.replace(/-[0-9a-f]{8}$/, "-<hash>"))).toEqual([
      "LB",
      "LB/Network",
      "LB/Network/PublicAddress",
      "LB/Network/Network",
      "LB/Network/Subnet",
      "LB/Network/SecurityGroup",
      "LB/Network/SecurityGroupOnSubnet",
      "LB/GatewayIdentity",
      "LB/GatewayIdentity/Resource",
      "LB/Gateway",
      "LB/Gateway/Certificate",
      "LB/Gateway/Certificate/KeyVaultSecretsUser-GatewayIdentity-<hash>",
      "LB/Gateway/Resource",
      "LB/Account-made-here",
      "LB/Account-made-here/Resource",
      "LB/Account-made-here/Deployment-gpt-4o",
      "LB/Account-made-here/OpenAiUser-ClientIdentity-<hash>",
      `LB/Account-made-here/OpenAiUser-${GROUP_ID}`,
      `LB/Account-made-here/OpenAiUser-${USER_ID}`,
      "LB/ClientIdentity",
      "LB/ClientIdentity/Resource",
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
        expect(lb.grantInvoke(Principal.user(USER_ID))).toHaveLength(2);
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
        name: `\${uuidv5("url", "${accountId("a")}|${USER_ID}|${OPENAI_USER}")}`,
        scope: accountId("a"),
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
      { dnsLabel: "my-llm" },
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
      [
        "a name that is too long",
        { name: "a".repeat(60) },
        `stack/LB: name: "${"a".repeat(60)}" cannot name a prefix of resource names; allowed are 1 to 59 characters: letters, digits, and inner hyphens and underscores`,
      ],
      [
        "an endpoint that is in the pool, whatever its case",
        { backends: [one, OpenAiBackend.fromFqdn("ONE.openai.azure.com")] },
        'stack/LB/Gateway: backend.fqdn: "one.openai.azure.com" is in the pool already; list each endpoint once',
      ],
      [
        "a malformed endpoint",
        { backends: [OpenAiBackend.fromFqdn("https://one.openai.azure.com/")] },
        'stack/LB: backend.fqdn: "https://one.openai.azure.com/" has a scheme; write the host name alone, such as "my-account.openai.azure.com"',
      ],
      [
        "more than 100 endpoints",
        { backends: Array.from({ length: 101 }, (_, n) => OpenAiBackend.fromFqdn(`a${n}.openai.azure.com`)) },
        "stack/LB/Gateway: backends: more than 100; leave some out, or use a second gateway",
      ],
      [
        "a principal that is listed twice",
        { principals: [Principal.user(USER_ID), Principal.user(USER_ID)] },
        `stack/LB: principals: "${USER_ID}" stands twice; list each principal once`,
      ],
      [
        "a resource group that Azure would refuse",
        { resourceGroupName: "rg." },
        'stack/LB/Network: resourceGroupName: "rg." cannot name a resource group; allowed are 1 to 90 characters: letters, digits, underscores, hyphens, periods and parentheses, no period at the end',
      ],
    ])("%s", (_, props, message) => {
      expect(() => loadBalancer(makeStack(), props)).toThrow(new Error(message));
    });

    test("one account under two names", () => {
      const stack = makeStack();
      const account = (id: string, fqdn: string) =>
        OpenAiBackend.fromAccount(OpenAiAccount.fromAccountAttributes(stack, id, { accountId: accountId("a"), fqdn }));
      expect(() =>
        loadBalancer(stack, {
          backends: [account("A", "a.openai.azure.com"), account("B", "a.cognitiveservices.azure.com")],
        }),
      ).toThrow(
        new Error(
          "stack/LB: backend.accountId: a.cognitiveservices.azure.com and a.openai.azure.com are one account, which has one quota; list each account once",
        ),
      );
    });

    test("an empty pool, when the app is synthesized", () => {
      expect(() => synth((stack) => loadBalancer(stack, { backends: [] }))).toThrow(
        "[stack/LB/Gateway] backends: [] is empty; add at least one Azure OpenAI endpoint",
      );
    });

    test("deployments without an account made here, when the app is synthesized", () => {
      const deployments = [{ name: "gpt-4o", model: "gpt-4o", version: "1", sku: "Standard", capacityUnits: 1 }];
      expect(() => synth((stack) => loadBalancer(stack, { deployments }))).toThrow(
        "[stack/LB] deployments: there is no account made here to put them on; add one with OpenAiBackend.newAccount, or leave them out",
      );
    });
  });

  describe("warns of", () => {
    test("callers without a role, once, naming the endpoints", () => {
      expect(synth((stack) => loadBalancer(stack)).warnings).toContain(
        'no role is granted on one.openai.azure.com, two.openai.azure.com: only the host name is known; give the account id, or grant "Cognitive Services OpenAI User" there yourself, else keyless callers see 401s',
      );
    });

    test("nothing of the kind without callers", () => {
      const { warnings } = synth((stack) => loadBalancer(stack, { clientIdentity: false }));
      expect(warnings.filter((warning) => warning.includes("no role"))).toEqual([]);
    });

    test("accounts that share a quota", () => {
      const backends = ["a", "b", "c"].map((name) =>
        OpenAiBackend.newAccount({
          name: `account-${name}`,
          location: name === "c" ? "westus" : name === "a" ? "East US" : "eastus",
        }),
      );
      expect(synth((stack) => loadBalancer(stack, { backends })).warnings).toContain(
        "account-a.openai.azure.com, account-b.openai.azure.com are in eastus: accounts of one subscription and region share one quota, so they add no throughput",
      );
    });
  });
});

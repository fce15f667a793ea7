import { CognitiveAccount } from "@cdktf/provider-azurerm/lib/cognitive-account";
import { DnsARecord } from "@cdktf/provider-azurerm/lib/dns-a-record";
import { KeyVaultCertificate } from "@cdktf/provider-azurerm/lib/key-vault-certificate";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { App, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import {
  DeploymentType,
  GatewayCertificate,
  GatewayListener,
  GatewayScale,
  HealthProbe,
  ManagedIdentity,
  OpenAiAccount,
  OpenAiBackend,
  OpenAiLoadBalancer,
  Principal,
} from "../../lib/index.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import {
  accountId,
  GROUP_ID,
  loadBalancer,
  minimalProps,
  SUBSCRIPTION,
  USER_ID,
  VAULT_ID,
} from "../support/load-balancer.js";
import { makeGateway } from "../support/application-gateway.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, outdir, synth, Synthesized } from "../support/synth.js";

describe("values that are known only after apply", () => {
  test("reach the JSON: texts, numbers and lists", () => {
    const out = synth((stack) => {
      const variable = (id: string) => new TerraformVariable(stack, id, {});
      loadBalancer(stack, {
        location: variable("location").stringValue,
        resourceGroupName: variable("group").stringValue,
        listener: GatewayListener.https({
          port: variable("port").numberValue,
          hostNames: variable("hosts").listValue,
          certificate: GatewayCertificate.fromKeyVault({
            keyVaultId: variable("vault").stringValue,
            secretId: variable("secret").stringValue,
          }),
        }),
        healthProbe: new HealthProbe({ statusCodes: variable("codes").listValue }),
        scale: GatewayScale.auto({ maxInstances: variable("max").numberValue }),
        addressSpace: variable("space").listValue,
        gatewaySubnetPrefix: variable("subnet").stringValue,
        allowedClientCidrs: variable("clients").listValue,
      });
    });
    const { gateway } = out;
    expect(gateway).toMatchObject({
      location: "${var.location}",
      resource_group_name: "${var.group}",
      autoscale_configuration: { min_capacity: 2, max_capacity: "${var.max}" },
    });
    expect(blocks(gateway, "frontend_port")[0]).toEqual({ name: "clients", port: "${var.port}" });
    expect(blocks(gateway, "http_listener")[0]?.["host_names"]).toBe("${var.hosts}");
    expect(blocks(gateway, "ssl_certificate")[0]?.["key_vault_secret_id"]).toBe("${var.secret}");
    expect(blocks(gateway, "probe")[0]?.["match"]).toEqual({ status_code: "${var.codes}" });
    expect(out.one("azurerm_virtual_network")["address_space"]).toBe("${var.space}");
    const [clients] = blocks(out.one("azurerm_network_security_group"), "security_rule");
    expect(clients?.["source_address_prefixes"]).toBe("${var.clients}");
  });

  test("cannot be part of a Terraform address, so a name that would be is refused", () => {
    const stack = makeStack();
    const name = new TerraformVariable(stack, "name", {}).stringValue;
    const account = OpenAiBackend.newAccount({ name, location: "eastus", customSubdomain: "a-b" });
    expect(() => loadBalancer(stack, { backends: [account] })).toThrow(refusal("stack/LB", "backend.account.name"));
  });

  test("a principal is known by what its object id is read from", () => {
    const out = synth((stack) => {
      const account = OpenAiAccount.fromAccountAttributes(stack, "A", {
        accountId: accountId("a"),
        fqdn: "a.openai.azure.com",
      });
      const identity = new ManagedIdentity(stack, "App", { name: "app", location: "eastus", resourceGroupName: "rg" });
      const variable = (id: string) => new TerraformVariable(stack, id, {}).stringValue;
      for (let n = 0; n < 2; n++) account.grantInvoke(Principal.servicePrincipal(identity.principalId));
      account.grantInvoke(identity);
      for (const id of ["one", "two"]) account.grantInvoke(Principal.group(variable(id)));
    });
    const principals = out.all("azurerm_role_assignment").map(({ principal_id: id }) => String(id));
    expect(principals.sort()).toEqual([
      `\${${out.addresses("azurerm_user_assigned_identity")[0]}.principal_id}`,
      "${var.one}",
      "${var.two}",
    ]);
  });

  test("a list of host names: the certificate is for them all, and the URL has the first", () => {
    const out = synth((stack) => {
      const hostNames = new TerraformVariable(stack, "hosts", { type: "list(string)" }).listValue;
      const certificate = GatewayCertificate.selfSigned();
      const { url } = loadBalancer(stack, { listener: GatewayListener.https({ hostNames, certificate }) });
      new TerraformOutput(stack, "url", { value: url });
    });
    expect(out.json["output"]?.["url"]).toEqual({ value: "https://${element(var.hosts, 0)}" });
    expect(out.one("azurerm_key_vault_certificate")["certificate_policy"]).toMatchObject({
      x509_certificate_properties: { subject: "CN=agw-aoai", subject_alternative_names: { dns_names: "${var.hosts}" } },
    });
    expect(blocks(out.gateway, "redirect_configuration")).toEqual([]);
    expect(out.warnings).toContainEqual(expect.stringMatching(/^listener\.redirectHttp: /));
  });
});

describe("an attribute that is known to be something else is refused by its name", () => {
  const place = { location: "eastus", resourceGroupName: "rg" };
  const cases: [string, string, (stack: TerraformStack) => unknown][] = [
    [
      "an account's endpoint as a host name",
      "stack/LB: backend.fqdn: azurerm_cognitive_account.Account.endpoint is a URL",
      (stack) => loadBalancer(stack, { backends: [OpenAiBackend.fromFqdn(cognitiveAccount(stack).endpoint)] }),
    ],
    [
      "a DNS record's name, which ends with a dot",
      "stack/LB: backend.fqdn: azurerm_dns_a_record.Record.fqdn ends with a dot",
      (stack) => {
        const record = new DnsARecord(stack, "Record", {
          name: "a",
          zoneName: "x.com",
          resourceGroupName: "rg",
          ttl: 1,
        });
        loadBalancer(stack, { backends: [OpenAiBackend.fromFqdn(record.fqdn)] });
      },
    ],
    [
      "an endpoint of which an account is imported",
      "stack/A: fqdn: azurerm_cognitive_account.Account.endpoint is a URL",
      (stack) =>
        OpenAiAccount.fromAccountAttributes(stack, "A", {
          accountId: accountId("a"),
          fqdn: cognitiveAccount(stack).endpoint,
        }),
    ],
    [
      "a certificate's id for its secret's",
      "stack/LB/Gateway/Certificate: secretId: azurerm_key_vault_certificate.Certificate.id is not a secret's id",
      (stack) => {
        const { id: secretId } = new KeyVaultCertificate(stack, "Certificate", { name: "llm", keyVaultId: VAULT_ID });
        const certificate = GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId });
        loadBalancer(stack, { listener: GatewayListener.https({ certificate }) });
      },
    ],
    [
      "a network's id for its subnet's",
      "stack/LB/Network: subnetId: azurerm_virtual_network.Network.id is not the id of a",
      (stack) => {
        const { id } = new VirtualNetwork(stack, "Network", { ...place, name: "vnet", addressSpace: ["10.0.0.0/16"] });
        loadBalancer(stack, { subnetId: id });
      },
    ],
    [
      "a resource group's id for its name",
      "stack/LB/Network: resourceGroupName: azurerm_resource_group.Group.id is an id",
      (stack) => {
        const { id } = new ResourceGroup(stack, "Group", { name: "rg", location: "eastus" });
        loadBalancer(stack, { resourceGroupName: id });
      },
    ],
    [
      "a URL around a name that is known only after apply",
      'stack/LB: backend.fqdn: "https://….openai.azure.com/" has a scheme',
      (stack) => {
        const name = new TerraformVariable(stack, "name", {}).stringValue;
        loadBalancer(stack, { backends: [OpenAiBackend.fromFqdn(`https://${name}.openai.azure.com/`)] });
      },
    ],
  ];
  test.each(cases)("%s", (_, message, build) => {
    expect(() => build(makeStack())).toThrow(message);
  });

  test("a secret's id with a version is warned about", () => {
    const { warnings } = synth((stack) => {
      const { secretId } = new KeyVaultCertificate(stack, "Certificate", { name: "llm", keyVaultId: VAULT_ID });
      const certificate = GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId });
      loadBalancer(stack, { listener: GatewayListener.https({ certificate }) });
    });
    expect(warnings).toContainEqual(expect.stringMatching(/^secretId: /));
  });

  function cognitiveAccount(stack: TerraformStack): CognitiveAccount {
    return new CognitiveAccount(stack, "Account", { ...place, name: "contoso", kind: "OpenAI", skuName: "S0" });
  }
});

describe("one value that is known only after apply", () => {
  test("is in a pool once, however often it is asked for", () => {
    const stack = makeStack();
    const variable = new TerraformVariable(stack, "host", {});
    const backends = [1, 2].map(() => OpenAiBackend.fromFqdn(variable.stringValue));
    expect(() => loadBalancer(stack, { backends })).toThrow(refusal("stack/LB", "backend.fqdn"));
    const gateway = makeGateway(makeStack());
    gateway.addBackend(variable.stringValue);
    expect(() => gateway.addBackend(variable.stringValue)).toThrow(refusal("stack/Gateway", "backend.fqdn"));
  });

  test("is in no message as CDKTF's mark of it", () => {
    const stack = makeStack();
    const text = (id: string) => new TerraformVariable(stack, id, {}).stringValue;
    const number = new TerraformVariable(stack, "number", {}).numberValue;
    const account = OpenAiAccount.fromAccountAttributes(stack, "A", { accountId: text("id"), fqdn: text("fqdn") });
    loadBalancer(stack, {
      location: text("location"),
      listener: GatewayListener.http({ port: number }),
      backends: [OpenAiBackend.fromFqdn(text("host")), OpenAiBackend.fromAccount(account)],
      scale: GatewayScale.auto({ maxInstances: number }),
      healthProbe: new HealthProbe({ path: text("path"), statusCodes: [text("code")], unhealthyThreshold: number }),
    });
    loadBalancer(stack, { name: "other", backends: [OpenAiBackend.fromFqdn(text("only"))] }, "Other");
    const { warnings } = Synthesized.of(stack);
    expect(warnings.filter((warning) => warning.includes("(known after apply)"))).toHaveLength(3);
    expect(warnings.filter((warning) => /TfToken|e\+2\d\d/.test(warning))).toEqual([]);
  });
});

describe("resources of another stack, and existing ones", () => {
  test("an account of another stack: the grant is in the stack of the gateway, and nothing depends the wrong way", () => {
    const app = new App({ outdir, stackTraces: false });
    const [theirs, ours] = ["theirs", "ours"].map((id) => {
      const stack = new TerraformStack(app, id);
      new AzurermProvider(stack, "Azurerm", { features: [{}] });
      return stack;
    }) as [TerraformStack, TerraformStack];
    const account = new OpenAiAccount(theirs, "Account", {
      name: "account-a",
      location: "eastus",
      resourceGroupName: "rg",
    });
    new OpenAiLoadBalancer(ours, "LB", {
      ...minimalProps,
      backends: [OpenAiBackend.fromAccount(account), OpenAiBackend.fromFqdn("b.openai.azure.com")],
    });
    const out = Synthesized.of(ours);
    expect(out.all("azurerm_role_assignment")).toHaveLength(1);
    expect(Synthesized.of(theirs).all("azurerm_role_assignment")).toEqual([]);
    expect(out.gateway["depends_on"]).toEqual([
      ...out.addresses("azurerm_subnet_network_security_group_association"),
      ...out.addresses("azurerm_role_assignment"),
    ]);
  });

  test("an account that two load balancers share: one grant for a principal that both have", () => {
    const out = synth((stack) => {
      const account = OpenAiAccount.fromAccountAttributes(stack, "A", {
        accountId: accountId("a"),
        fqdn: "a.openai.azure.com",
      });
      for (const id of ["One", "Two"]) {
        loadBalancer(
          stack,
          {
            name: id,
            backends: [OpenAiBackend.fromAccount(account)],
            clientIdentity: false,
            principals: [Principal.group(GROUP_ID)],
          },
          id,
        );
      }
    });
    expect(out.all("azurerm_role_assignment")).toHaveLength(1);
  });

  test("an identity, in Azure's spelling", () => {
    const identityId = `${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-a`;
    const attributes = { identityId: identityId.replace("resourceGroups", "resourcegroups"), principalId: USER_ID };
    const identity = ManagedIdentity.fromManagedIdentityAttributes(makeStack(), "Id", attributes);
    expect([identity.identityId, identity.principalId]).toEqual([identityId, USER_ID]);
    expect(() =>
      ManagedIdentity.fromManagedIdentityAttributes(makeStack(), "Id", { ...attributes, identityId: "id-a" }),
    ).toThrow(refusal("stack/Id", "identityId", resourceIdProblem(RESOURCE_TYPES.identity)("id-a")));
  });
});

describe("accounts that a load balancer creates", () => {
  test("differ in name, whatever its case", () => {
    const account = (name: string, customSubdomain: string) =>
      OpenAiBackend.newAccount({ name, location: "eastus", customSubdomain });
    expect(() => loadBalancer(makeStack(), { backends: [account("acct", "sub-a"), account("ACCT", "sub-b")] })).toThrow(
      refusal("stack/LB", "backend.account.name"),
    );
  });

  test("warn of a deployment for batches", () => {
    const deployments = [
      { name: "batch", model: "gpt-5-mini", version: "1", sku: DeploymentType.GLOBAL_BATCH, capacityUnits: 1 },
    ];
    const backends = [OpenAiBackend.newAccount({ name: "account-a", location: "eastus" })];
    expect(synth((stack) => loadBalancer(stack, { backends, deployments })).warnings).toContainEqual(
      expect.stringMatching(/^deployment batch: GlobalBatch /),
    );
  });
});

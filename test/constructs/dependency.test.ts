import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { type ITerraformDependable, TerraformLocal, type TerraformStack } from "cdktf";
import {
  DeploymentType,
  GatewayListener,
  GatewayNetwork,
  GatewayScale,
  ManagedIdentity,
  OpenAiAccount,
  OpenAiBackend,
  type OpenAiLoadBalancer,
  Principal,
} from "../../lib/index.js";
import { accountId, GROUP_ID, loadBalancer } from "../support/load-balancer.js";
import { brokenReferences } from "../support/references.js";
import { refusal } from "../support/refusal.js";
import { makeStacks, synth, synthAll, type Synthesized } from "../support/synth.js";

const place = { location: "eastus", resourceGroupName: "rg" };
const deployment = {
  name: "chat",
  model: "gpt-5-mini",
  version: "2025-08-07",
  sku: DeploymentType.GLOBAL_STANDARD,
  capacityUnits: 50,
};
const newAccount = (name: string) => OpenAiBackend.newAccount({ name, location: "eastus" });

/** What the gateway waits for, without its own subnet. */
function dependencies(out: Synthesized): string[] {
  const association = /^azurerm_subnet_network_security_group_association\./;
  return ((out.gateway["depends_on"] ?? []) as string[]).filter((address) => !association.test(address));
}

/** An application of which something is made from the gateway, and which calls through it. */
function application(stack: TerraformStack, id: string, from: string): Principal {
  const identity = new UserAssignedIdentity(stack, id, { name: `id-${id}`, ...place, tags: { gateway: from } });
  return Principal.servicePrincipal(identity.principalId);
}

describe("a new account joins the pool", () => {
  test("once its deployments and its callers' roles exist", () => {
    const out = synth((stack) => {
      loadBalancer(stack, { backends: [newAccount("account-a")], deployments: [deployment] });
    });
    expect(dependencies(out).sort()).toEqual(
      ["azurerm_cognitive_account", "azurerm_cognitive_deployment", "azurerm_role_assignment"].flatMap((type) =>
        out.addresses(type),
      ),
    );
  });

  test("also those that are added later", () => {
    const out = synth((stack) => {
      const account = new OpenAiAccount(stack, "Account", { name: "account-a", ...place });
      const lb = loadBalancer(stack, { backends: [OpenAiBackend.fromAccount(account)], clientIdentity: false });
      account.addDeployment(deployment);
      lb.grantInvoke(Principal.group(GROUP_ID));
    });
    expect(dependencies(out).sort()).toEqual(
      ["azurerm_cognitive_account", "azurerm_cognitive_deployment", "azurerm_role_assignment"].flatMap((type) =>
        out.addresses(type),
      ),
    );
  });

  test("not before a caller that itself depends on the gateway has its role, at whatever remove", () => {
    const out = synth((stack) => {
      const lb = loadBalancer(stack, { backends: [newAccount("account-a")], clientIdentity: false });
      lb.grantInvoke(application(stack, "direct", lb.gateway.gatewayId));
      const local = new TerraformLocal(stack, "local", { gateway: lb.gateway.gatewayId });
      lb.grantInvoke(application(stack, "remote", local.expression as string));
      lb.grantInvoke(application(stack, "free", "none"));
    });
    const [free] = out
      .all("azurerm_role_assignment")
      .flatMap(({ principal_id: id }, at) =>
        String(id).includes(".free.") ? (out.addresses("azurerm_role_assignment")[at] ?? []) : [],
      );
    expect(out.all("azurerm_role_assignment")).toHaveLength(3);
    expect(dependencies(out)).toEqual([...out.addresses("azurerm_cognitive_account"), free]);
  });

  test("two gateways whose callers depend on each other's gateway do not wait in a circle", () => {
    const out = synth((stack) => {
      const lbs = ["one", "two"].map((name) =>
        loadBalancer(stack, { name, backends: [newAccount(`account-${name}`)], clientIdentity: false }, name),
      ) as [OpenAiLoadBalancer, OpenAiLoadBalancer];
      lbs[0].grantInvoke(application(stack, "of-two", lbs[1].gateway.gatewayId));
      lbs[1].grantInvoke(application(stack, "of-one", lbs[0].gateway.gatewayId));
    });
    const waiting = out
      .all("azurerm_application_gateway")
      .map(
        (gateway) => (gateway["depends_on"] as string[]).filter((address) => /role_assignment/.test(address)).length,
      );
    expect(waiting).toEqual([0, 0]);
  });

  test("a drained account keeps its roles and its deployments, out of the pool", () => {
    const out = synth((stack) => {
      const existing = OpenAiAccount.fromAccountAttributes(stack, "B", {
        accountId: accountId("b"),
        fqdn: "b.openai.azure.com",
      });
      const lb = loadBalancer(stack, {
        backends: [
          newAccount("account-a"),
          OpenAiBackend.newAccount({ name: "account-c", location: "westus", drained: true }),
          OpenAiBackend.fromAccount(existing, { drained: true }),
          OpenAiBackend.fromFqdn("d.openai.azure.com", { drained: true }),
        ],
        deployments: [deployment],
        clientIdentity: false,
        principals: [Principal.group(GROUP_ID)],
      });
      expect(lb.backendFqdns).toEqual(["account-a.openai.azure.com"]);
    });
    expect(out.all("azurerm_cognitive_account")).toHaveLength(2);
    expect(out.all("azurerm_cognitive_deployment")).toHaveLength(2);
    expect(out.all("azurerm_role_assignment")).toHaveLength(3);
    expect(dependencies(out)).toHaveLength(3);
    expect(dependencies(out).join()).not.toMatch(/account-c|-b-/);
  });
});

describe("a dependency in another stack is left out, and that stack is followed", () => {
  const shapes: [string, (resource: ITerraformDependable) => ITerraformDependable][] = [
    ["as a construct", (resource) => resource],
    ["by its address", ({ fqn }) => ({ fqn })],
  ];
  test.each(shapes)("%s", (_, shape) => {
    const [security, net] = makeStacks("security", "net");
    const identity = new ManagedIdentity(security, "Identity", { name: "id-gateway", ...place });
    const props = { scope: accountId("a"), roleDefinitionName: "Reader", principalId: identity.principalId };
    const role = new RoleAssignment(security, "Role", props);
    const own = new RoleAssignment(net, "Own", { ...props, principalId: GROUP_ID });
    const dependsOn = [shape(role), shape(own)];
    const lb = loadBalancer(net, { clientIdentity: false, dependsOn });
    lb.gateway.addBackend("three.openai.azure.com", dependsOn);
    const out = synthAll([security, net]).at(-1) as Synthesized;
    expect(dependencies(out)).toEqual(["azurerm_role_assignment.Own"]);
    expect(net.dependsOn(security)).toBe(true);
  });

  test("whoever it is that waits", () => {
    const [one, two] = makeStacks("one", "two");
    const grant = OpenAiAccount.fromAccountAttributes(one, "A", {
      accountId: accountId("a"),
      fqdn: "a.openai.azure.com",
    }).grantInvoke(Principal.group(GROUP_ID));
    const identity = new UserAssignedIdentity(two, "App", { name: "id-app", ...place });
    grant.applyBefore(identity);
    const [, out] = synthAll([one, two]);
    expect(out?.one("azurerm_user_assigned_identity")).not.toHaveProperty("depends_on");
    expect(two.dependsOn(one)).toBe(true);
  });

  test("unless that stack follows this one", () => {
    const [one, two] = makeStacks("one", "two");
    one.addDependency(two);
    const resource = new UserAssignedIdentity(one, "App", { name: "id-app", ...place });
    expect(() => loadBalancer(two, { dependsOn: [resource] })).toThrow(/^two\/LB\/Gateway\/Resource: stack "two" /);
  });
});

test("a dependency may be given another Terraform address later", () => {
  const out = synth((stack) => {
    const resource = new UserAssignedIdentity(stack, "App", { name: "id-app", ...place });
    loadBalancer(stack, { dependsOn: [resource, resource], clientIdentity: false });
    resource.overrideLogicalId("renamed");
  });
  expect(dependencies(out)).toEqual(["azurerm_user_assigned_identity.renamed"]);
});

describe("a second gateway in the subnet that the first one created", () => {
  const second = { clientIdentity: false, listener: GatewayListener.http({ port: 8080 }) };

  test("has its ports opened in the security group, and waits for it", () => {
    const out = synth((stack) => {
      const one = loadBalancer(stack, { name: "one", clientIdentity: false }, "One");
      const two = loadBalancer(stack, { name: "two", subnetId: one.network.subnetId, ...second }, "Two");
      loadBalancer(stack, { name: "three", subnetId: two.network.subnetId, ...second }, "Three");
    });
    const [clients] = out.one("azurerm_network_security_group")["security_rule"] as {
      destination_port_ranges: string[];
    }[];
    expect(clients?.destination_port_ranges).toEqual(["80", "8080"]);
    const association = out.addresses("azurerm_subnet_network_security_group_association");
    expect(out.all("azurerm_application_gateway").map((gateway) => gateway["depends_on"])).toEqual([
      association,
      association,
      association,
    ]);
    expect(brokenReferences(out.json)).toEqual([]);
  });

  test("needs room there", () => {
    expect(() =>
      synth((stack) => {
        const one = loadBalancer(
          stack,
          { name: "one", clientIdentity: false, gatewaySubnetPrefix: "10.0.0.0/27" },
          "One",
        );
        for (let n = 0; n < 13; n++)
          loadBalancer(stack, { name: `more-${n}`, subnetId: one.network.subnetId, ...second }, `More${n}`);
      }),
    ).toThrow(/^stack\/More12\/Gateway: subnetId: "10\.0\.0\.0\/27" has room for 27 instances, but 28 /);
  });

  test("in another stack is told which ports to open, and follows it", () => {
    const [hub, spoke] = makeStacks("hub", "spoke");
    const network = new GatewayNetwork(hub, "Network", {
      name: "hub",
      ...place,
      listenerPorts: [80],
      instances: { min: 2, max: 10 },
    });
    loadBalancer(spoke, { subnetId: network.subnetId, dependsOn: network.dependencies, ...second });
    loadBalancer(spoke, { name: "open", subnetId: network.subnetId, clientIdentity: false }, "Open");
    const opened = { listener: GatewayListener.http({ port: 9090 }), clientIdentity: false };
    loadBalancer(spoke, { name: "early", subnetId: network.subnetId, ...opened }, "Early");
    loadBalancer(hub, { name: "late", subnetId: network.subnetId, ...opened }, "Late");
    const out = synthAll([hub, spoke]).at(-1) as Synthesized;
    expect(out.warnings.filter((warning) => warning.startsWith("subnetId: "))).toEqual([
      expect.stringMatching(/hub\/Network.* port 8080/),
    ]);
    expect(out.all("azurerm_application_gateway").map((gateway) => gateway["depends_on"])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("in another stack needs room too, whichever ports it has", () => {
    const [hub, spoke] = makeStacks("hub", "spoke");
    const scale = GatewayScale.fixed(20);
    const { subnetId } = loadBalancer(hub, { gatewaySubnetPrefix: "10.0.0.0/27", scale }).network;
    expect(() => loadBalancer(spoke, { subnetId, scale, ...second })).toThrow(refusal("spoke/LB/Gateway", "subnetId"));
  });
});

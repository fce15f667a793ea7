import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { type TerraformStack, TerraformVariable } from "cdktf";
import {
  GatewayCertificate,
  GatewayListener,
  type IOpenAiAccount,
  ManagedIdentity,
  OpenAiAccount,
  OpenAiBackend,
  type OpenAiLoadBalancerProps,
  Principal,
  Role,
} from "../../lib/index.js";
import { existingIdentity } from "../support/application-gateway.js";
import {
  accountId,
  GROUP_ID,
  IDENTITY_ID,
  loadBalancer,
  SECRET_ID,
  USER_ID,
  VAULT_ID,
} from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { makeStack, makeStacks, synth, synthAll, type Synthesized } from "../support/synth.js";

const place = { location: "eastus", resourceGroupName: "rg" };

function existing(stack: TerraformStack, id: string, azureId = accountId("a")): IOpenAiAccount {
  return OpenAiAccount.fromAccountAttributes(stack, id, { accountId: azureId, fqdn: "a.openai.azure.com" });
}

function withVault(stack: TerraformStack, name: string, props: Partial<OpenAiLoadBalancerProps>): void {
  const certificate = GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: SECRET_ID });
  loadBalancer(
    stack,
    { name, listener: GatewayListener.https({ certificate }), clientIdentity: false, ...props },
    name,
  );
}

/** Scope and principal of each assignment: Azure takes one of a kind. */
function grants(...outs: Synthesized[]): unknown[] {
  return outs.flatMap((out) => out.all("azurerm_role_assignment")).map((each) => [each["scope"], each["principal_id"]]);
}

describe("one role assignment for a principal, a role and a scope", () => {
  const cases: [string, (stack: TerraformStack) => void][] = [
    [
      "two gateways that read one vault with one identity",
      (stack) => {
        const gatewayIdentity = new ManagedIdentity(stack, "Identity", { name: "id-gateways", ...place });
        for (const name of ["blue", "green"]) withVault(stack, name, { gatewayIdentity });
      },
    ],
    [
      "an identity that is imported twice",
      (stack) => {
        withVault(stack, "blue", { gatewayIdentity: existingIdentity(stack, IDENTITY_ID, "One") });
        withVault(stack, "green", { gatewayIdentity: existingIdentity(stack, IDENTITY_ID.toLowerCase(), "Two") });
      },
    ],
    [
      "an account that is imported twice, in two spellings",
      (stack) => {
        for (const [id, azureId] of [
          ["One", accountId("a")],
          ["Two", accountId("A").replace("rg-ai", "RG-AI")],
        ] as const)
          existing(stack, id, azureId).grantInvoke(Principal.group(GROUP_ID));
      },
    ],
    [
      "an object id that is an identity's and a principal's",
      (stack) => {
        const account = existing(stack, "A");
        account.grantInvoke(existingIdentity(stack));
        account.grantInvoke(Principal.servicePrincipal(GROUP_ID.toUpperCase()));
      },
    ],
    [
      "an identity and the object id that is read from it",
      (stack) => {
        const account = existing(stack, "A");
        const identity = new ManagedIdentity(stack, "App", { name: "id-app", ...place });
        account.grantInvoke(identity);
        account.grantInvoke(Principal.servicePrincipal(identity.principalId));
      },
    ],
    [
      "an account and its id as a token",
      (stack) => {
        const account = new OpenAiAccount(stack, "Account", { name: "account-a", ...place });
        account.grantInvoke(Principal.group(GROUP_ID));
        existing(stack, "Again", account.accountId).grantInvoke(Principal.group(GROUP_ID));
      },
    ],
  ];
  test.each(cases)("%s", (_, build) => {
    expect(grants(synth(build))).toHaveLength(1);
  });

  test("two stacks that share an account: the second follows the first", () => {
    const [one, two] = makeStacks("one", "two");
    existing(one, "A").grantInvoke(Principal.group(GROUP_ID));
    loadBalancer(two, {
      backends: [OpenAiBackend.fromAccount(existing(two, "A"))],
      clientIdentity: false,
      principals: [Principal.group(GROUP_ID), Principal.user(USER_ID)],
    });
    const [first, second] = synthAll([one, two]) as [Synthesized, Synthesized];
    expect([grants(first), grants(second)]).toEqual([[[accountId("a"), GROUP_ID]], [[accountId("a"), USER_ID]]]);
    expect(two.dependsOn(one)).toBe(true);
    expect(second.gateway["depends_on"]).not.toContain(first.addresses("azurerm_role_assignment")[0]);
  });

  test("two stacks that would have to follow each other are refused", () => {
    const [one, two] = makeStacks("one", "two");
    one.addDependency(two);
    existing(one, "A").grantInvoke(Principal.group(GROUP_ID));
    expect(() => existing(two, "A").grantInvoke(Principal.group(GROUP_ID))).toThrow(
      'two/A: stack "two" needs a resource of stack "one"',
    );
  });

  test("as is a grant that a stack has from one that follows it", () => {
    const [accounts, gateway] = makeStacks("accounts", "gateway");
    const account = new OpenAiAccount(accounts, "Account", { name: "account-a", ...place });
    loadBalancer(gateway, {
      backends: [OpenAiBackend.fromAccount(account)],
      clientIdentity: false,
      principals: [Principal.group(GROUP_ID)],
    });
    expect(() => account.grantInvoke(Principal.group(GROUP_ID))).toThrow(
      'accounts/Account: principal: stack "gateway" grants this role already',
    );
  });

  test("accounts of one address in two stacks are two", () => {
    const [one, two, gateway] = makeStacks("one", "two", "gateway");
    const accounts = [one, two].map(
      (stack) => new OpenAiAccount(stack, "Account", { name: `a-${stack.node.id}`, ...place }),
    );
    loadBalancer(gateway, {
      backends: accounts.map((account) => OpenAiBackend.fromAccount(account)),
      clientIdentity: false,
      principals: [Principal.group(GROUP_ID)],
    });
    const out = synthAll([one, two, gateway]).at(-1) as Synthesized;
    expect(new Set(grants(out).map(String)).size).toBe(2);
  });

  test("one that somebody else assigns as well is refused", () => {
    const twin = (props: { roleDefinitionName?: string; roleDefinitionId?: string }) =>
      synth((stack) => {
        existing(stack, "A").grantInvoke(Principal.group(GROUP_ID));
        new RoleAssignment(stack, "Mine", { scope: accountId("A"), principalId: GROUP_ID.toUpperCase(), ...props });
      });
    expect(() => twin({ roleDefinitionName: "Cognitive Services OpenAI User" })).toThrow(
      "stack/Mine assigns the same role",
    );
    const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${Role.OPENAI_USER.roleDefinitionGuid}`;
    expect(() => twin({ roleDefinitionId })).toThrow("stack/Mine assigns the same role");
    expect(() => twin({ roleDefinitionName: "Reader" })).not.toThrow();
  });

  test("an object id has one type", () => {
    const account = existing(makeStack(), "A");
    account.grantInvoke(Principal.group(GROUP_ID));
    expect(() => account.grantInvoke(Principal.user(GROUP_ID))).toThrow(refusal("stack/A", "principal"));
  });

  test("an object id has one type also where roles differ, or are not granted yet", () => {
    const stack = makeStack();
    withVault(stack, "blue", { gatewayIdentity: existingIdentity(stack) });
    expect(() => existing(stack, "A").grantInvoke(Principal.user(GROUP_ID))).toThrow(refusal("stack/A", "principal"));
    const balancer = loadBalancer(stack, { name: "green", clientIdentity: false }, "Green");
    expect(() => balancer.grantInvoke(Principal.group(GROUP_ID))).toThrow(refusal("stack/Green", "principal"));
  });

  test("a client id is no object id", () => {
    const stack = makeStack();
    const { clientId } = new ManagedIdentity(stack, "App", { name: "id-app", ...place });
    expect(() => existing(stack, "A").grantInvoke(Principal.servicePrincipal(clientId))).toThrow(
      refusal("stack/A", "principalId"),
    );
  });
});

describe("the address of a role assignment", () => {
  const addressOf = (build: (stack: TerraformStack) => void) => synth(build).addresses("azurerm_role_assignment");

  test("does not change with the case of an id, the host name, the construct, or who grants", () => {
    const granted = [
      (stack: TerraformStack) => existing(stack, "A").grantInvoke(Principal.group(GROUP_ID)),
      (stack: TerraformStack) =>
        existing(stack, "B", accountId("A")).grantInvoke(Principal.group(GROUP_ID.toUpperCase())),
      (stack: TerraformStack) => {
        const account = OpenAiAccount.fromAccountAttributes(stack, "C", {
          accountId: accountId("a"),
          fqdn: "a.cognitiveservices.azure.com",
        });
        loadBalancer(stack, {
          backends: [OpenAiBackend.fromAccount(account)],
          clientIdentity: false,
          principals: [Principal.group(GROUP_ID)],
        });
      },
    ].map(addressOf);
    expect(granted[0]).toHaveLength(1);
    expect(granted).toEqual([granted[0], granted[0], granted[0]]);
  });

  test("nor does its name change with the case of an id, which Azure gets as it is written", () => {
    const [lower, upper] = [accountId("a"), accountId("A")].map((azureId) =>
      synth((stack) => existing(stack, "A", azureId).grantInvoke(Principal.group(GROUP_ID))).one(
        "azurerm_role_assignment",
      ),
    );
    expect(upper?.["name"]).toBe(lower?.["name"]);
    expect([lower?.["scope"], upper?.["scope"]]).toEqual([accountId("a"), accountId("A")]);
    expect(upper?.["lifecycle"]).toEqual({ ignore_changes: ["scope"] });
  });

  test("nor does the role's id, which nothing but a new assignment could change", () => {
    const inSubscription = (guid: string) => accountId("a").replace("00000000-0000-0000-0000-000000000000", guid);
    const [lower, upper] = ["abcdef00-0000-0000-0000-000000000000", "ABCDEF00-0000-0000-0000-000000000000"].map(
      (guid) =>
        synth((stack) => existing(stack, "A", inSubscription(guid)).grantInvoke(Principal.group(GROUP_ID))).one(
          "azurerm_role_assignment",
        ),
    );
    expect(lower?.["role_definition_id"]).toMatch(/^\/subscriptions\/abcdef00-/);
    expect(upper?.["role_definition_id"]).toBe(lower?.["role_definition_id"]);
  });

  test("a scope that is known only after apply is followed when it is replaced", () => {
    const out = synth((stack) => {
      new OpenAiAccount(stack, "Account", { name: "account-a", ...place }).grantInvoke(Principal.group(GROUP_ID));
    });
    expect(out.one("azurerm_role_assignment")).not.toHaveProperty("lifecycle");
  });
});

describe("a grant", () => {
  test("applies before a resource of its stack, once", () => {
    const out = synth((stack) => {
      const grant = existing(stack, "A").grantInvoke(Principal.group(GROUP_ID));
      const identity = new ManagedIdentity(stack, "App", { name: "id-app", ...place });
      const resource = identity.node.findChild("Resource") as Parameters<typeof grant.applyBefore>[0];
      grant.applyBefore(resource);
      grant.applyBefore(resource);
    });
    expect(out.one("azurerm_user_assigned_identity")["depends_on"]).toEqual(out.addresses("azurerm_role_assignment"));
  });

  test("is on a principal that is known only after apply, in the words of Terraform", () => {
    const out = synth((stack) => {
      existing(stack, "A").grantInvoke(Principal.group(new TerraformVariable(stack, "team", {}).stringValue));
    });
    expect(grants(out)).toEqual([[accountId("a"), "${var.team}"]]);
  });
});

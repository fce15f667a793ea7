import { ManagedIdentity, OpenAiAccount, Principal, TlsPolicy } from "../../lib/index.js";
import { principalIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { tlsPolicyProblem } from "../../lib/rules/tls-policy.js";
import { accountId } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { makeStack, synth } from "../support/synth.js";

const GUID = "AAAAAAAA-0000-0000-0000-000000000001";

describe("Principal", () => {
  test.each([
    [Principal.user(GUID), "User", false],
    [Principal.group(GUID), "Group", false],
    [Principal.servicePrincipal(GUID), "ServicePrincipal", true],
  ])("$principalType", (principal, type, isCheckSkipped) => {
    const out = synth((stack) => {
      OpenAiAccount.fromAccountAttributes(stack, "A", {
        accountId: accountId("a"),
        fqdn: "a.openai.azure.com",
      }).grantInvoke(principal);
    });
    const assignment = out.one("azurerm_role_assignment");
    expect(assignment).toMatchObject({ principal_id: GUID.toLowerCase(), principal_type: type });
    expect("skip_service_principal_aad_check" in assignment).toBe(isCheckSkipped);
  });

  test("refuses a name in place of an id", () => {
    expect(() => Principal.user("me@example.com")).toThrow(
      new TypeError(`objectId: ${principalIdProblem("me@example.com")}`),
    );
  });
});

describe("ManagedIdentity", () => {
  const place = { location: "eastus", resourceGroupName: "rg" };

  test("with all defaults", () => {
    expect(
      synth((stack) => new ManagedIdentity(stack, "Id", { name: "id-a", ...place })).json["resource"],
    ).toMatchSnapshot();
  });

  test("with everything set", () => {
    const props = { name: "id-a", location: "West Europe", resourceGroupName: "rg-b", tags: { owner: "platform" } };
    expect(synth((stack) => new ManagedIdentity(stack, "Id", props)).json["resource"]).toMatchSnapshot();
  });

  test("refuses a name that Azure refuses", () => {
    expect(() => new ManagedIdentity(makeStack(), "Id", { name: "a.b", ...place })).toThrow(
      refusal("stack/Id", "name", nameProblem("identity")("a.b")),
    );
  });
});

describe("TlsPolicy", () => {
  test.each(["AppGwSslPolicy20150501", "Modern"])("refuses %s", (name) => {
    expect(() => TlsPolicy.of(name)).toThrow(new TypeError(`tlsPolicy: ${tlsPolicyProblem(name)}`));
  });
});

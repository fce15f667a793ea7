import { TerraformVariable } from "cdktf";
import { ManagedIdentity, OpenAiAccount, Principal, TlsPolicy } from "../../lib/index.js";
import { accountId } from "../support/load-balancer.js";
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

  test("one that only Terraform knows has to be named", () => {
    const id = new TerraformVariable(makeStack(), "id", { type: "string" }).stringValue;
    expect(Principal.group(id, "developers").principalKey).toBe("developers");
    expect(() => Principal.group(id)).toThrow(
      new TypeError("key: is missing; only Terraform knows the object id, so name the principal"),
    );
  });

  test("refuses a name in place of an id", () => {
    expect(() => Principal.user("me@example.com")).toThrow(
      new TypeError(
        'objectId: "me@example.com" is not a GUID; write the object id of the user, group or service principal (`az ad user show`, `az ad sp show`), not its name or application id',
      ),
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
      new Error(
        'stack/Id: name: "a.b" cannot name a user-assigned identity; allowed are 3 to 128 characters: letters, digits, hyphens and underscores, a letter or digit first',
      ),
    );
  });
});

describe("TlsPolicy", () => {
  test.each([
    [
      "AppGwSslPolicy20150501",
      'tlsPolicy: "AppGwSslPolicy20150501" allows TLS 1.0 or 1.1, which Azure ended in August 2025; use "AppGwSslPolicy20220101S"',
    ],
    [
      "Modern",
      'tlsPolicy: "Modern" is not a predefined TLS policy; known are "AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"',
    ],
  ])("refuses %s", (name, message) => {
    expect(() => TlsPolicy.of(name)).toThrow(new TypeError(message));
  });
});

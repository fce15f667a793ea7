import { type TerraformStack } from "cdktf";
import { GatewayCertificate, GatewayListener, type SelfSignedCertificateProps } from "../../lib/index.js";
import { certificateDnsNameProblem } from "../../lib/rules/host-name.js";
import { secretIdProblem, secretInVaultProblem, subjectProblem } from "../../lib/rules/key-vault.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { certificateTagsProblem } from "../../lib/rules/tags.js";
import { existingIdentity } from "../support/application-gateway.js";
import { IDENTITY_ID, loadBalancer, SECRET_ID, VAULT_ID } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth, type Synthesized } from "../support/synth.js";

const versioned = `${SECRET_ID}/0123456789abcdef0123456789abcdef`;

function withCertificate(stack: TerraformStack, certificate: GatewayCertificate, props = {}): void {
  loadBalancer(stack, { listener: GatewayListener.https({ certificate }), ...props });
}

function selfSigned(props?: SelfSignedCertificateProps, hostNames: string[] = []): Synthesized {
  const listener = GatewayListener.https({ certificate: GatewayCertificate.selfSigned(props), hostNames });
  return synth((stack) => loadBalancer(stack, { listener }));
}

describe("a certificate from an existing vault", () => {
  test("creates no vault, and passes the secret id on as it is", () => {
    const out = synth((stack) =>
      withCertificate(stack, GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: SECRET_ID })),
    );
    expect(out.all("azurerm_key_vault")).toEqual([]);
    expect(blocks(out.gateway, "ssl_certificate")[0]?.["key_vault_secret_id"]).toBe(SECRET_ID);
    expect(out.warnings.filter((warning) => warning.includes("secretId"))).toEqual([]);
  });

  test("takes an id that the version was cut off from, without what is left over", () => {
    const secretId = `${SECRET_ID.replace(".net", ".net:443")}/`;
    const out = synth((stack) =>
      withCertificate(stack, GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId })),
    );
    expect(blocks(out.gateway, "ssl_certificate")[0]?.["key_vault_secret_id"]).toBe(SECRET_ID);
  });

  test("grants nothing where the identity can read the secret already", () => {
    const certificate = GatewayCertificate.fromKeyVault({
      keyVaultId: VAULT_ID,
      secretId: SECRET_ID,
      grantAccess: false,
    });
    const out = synth((stack) =>
      withCertificate(stack, certificate, { gatewayIdentity: existingIdentity(stack), clientIdentity: false }),
    );
    expect(out.all("azurerm_role_assignment")).toEqual([]);
    expect(out.all("azurerm_user_assigned_identity")).toEqual([]);
    expect(out.gateway["identity"]).toEqual({ type: "UserAssigned", identity_ids: [IDENTITY_ID] });
  });

  test("warns that one version is never renewed", () => {
    const out = synth((stack) =>
      withCertificate(stack, GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: versioned })),
    );
    expect(out.warnings).toContainEqual(expect.stringMatching(/^secretId: /));
  });

  const otherVault = "https://kv-other.vault.azure.net/secrets/llm";
  test.each([
    [{ keyVaultId: "kv", secretId: SECRET_ID }, "keyVaultId", resourceIdProblem(RESOURCE_TYPES.keyVault)("kv")],
    [{ keyVaultId: VAULT_ID, secretId: "https://x.com/" }, "secretId", secretIdProblem("https://x.com/")],
    [{ keyVaultId: VAULT_ID, secretId: otherVault }, "secretId", secretInVaultProblem(otherVault, VAULT_ID)],
  ])("refuses %j", (props, prop, problem) => {
    expect(() => withCertificate(makeStack(), GatewayCertificate.fromKeyVault(props))).toThrow(
      refusal("stack/LB/Gateway/Certificate", prop, problem),
    );
  });
});

describe("a self-signed certificate", () => {
  test("is in a vault that uses access policies, which take effect at once, so the first apply succeeds", () => {
    const out = selfSigned();
    const vault = out.one("azurerm_key_vault");
    const gatewayIdentity = out
      .addresses("azurerm_user_assigned_identity")
      .find((address) => address.includes("GatewayIdentity"));
    expect(vault["rbac_authorization_enabled"]).toBe(false);
    expect(out.all("azurerm_role_assignment")).toEqual([]);
    expect(
      blocks(vault, "access_policy").map((policy) => [
        policy["object_id"],
        policy["secret_permissions"],
        policy["certificate_permissions"],
      ]),
    ).toEqual([
      [
        expect.stringMatching(/^\$\{data\.azurerm_client_config\..*\.object_id\}$/),
        ["Get"],
        expect.arrayContaining(["Create", "Get"]),
      ],
      [`\${${gatewayIdentity}.principal_id}`, ["Get"], null],
    ]);
  });

  test("is there before the gateway, which follows its newest version", () => {
    const out = selfSigned();
    const [certificate] = out.addresses("azurerm_key_vault_certificate");
    expect(out.gateway["depends_on"]).toContain(certificate);
    expect(blocks(out.gateway, "ssl_certificate")[0]?.["key_vault_secret_id"]).toBe(
      `\${${certificate}.versionless_secret_id}`,
    );
  });

  test.each([
    ["the gateway's name where nothing is known", undefined, [], { subject: "CN=agw-aoai" }],
    [
      "the listener's host names",
      undefined,
      ["llm.x.com", "*.x.com"],
      { subject: "CN=llm.x.com", subject_alternative_names: { dns_names: ["llm.x.com", "*.x.com"] } },
    ],
    [
      "only host names that a certificate can have",
      undefined,
      ["l?m.x.com", "llm.x.com"],
      { subject: "CN=llm.x.com", subject_alternative_names: { dns_names: ["llm.x.com"] } },
    ],
    [
      "what it is told",
      { subject: "CN=a.com, O=X", dnsNames: ["b.com"] },
      ["llm.x.com"],
      { subject: "CN=a.com, O=X", subject_alternative_names: { dns_names: ["b.com"] } },
    ],
    [
      "a CN that fits, for a host name of 70 characters",
      undefined,
      [`${"a".repeat(60)}.example.com`],
      { subject: "CN=agw-aoai", subject_alternative_names: { dns_names: [`${"a".repeat(60)}.example.com`] } },
    ],
  ])("is for %s", (_, props, hostNames, expected) => {
    const policy = selfSigned(props, hostNames).one("azurerm_key_vault_certificate")["certificate_policy"];
    expect(policy).toMatchObject({ x509_certificate_properties: expected });
    if (!("subject_alternative_names" in expected)) {
      expect((policy as Record<string, object>)["x509_certificate_properties"]).not.toHaveProperty(
        "subject_alternative_names",
      );
    }
  });

  test("names its vault after the gateway and its place, in what Azure allows", () => {
    const names = ["LB", "Other"].map(
      (id) =>
        synth((stack) => {
          const certificate = GatewayCertificate.selfSigned();
          loadBalancer(
            stack,
            { name: `my_${"long".repeat(10)}`, listener: GatewayListener.https({ certificate }) },
            id,
          );
        }).one("azurerm_key_vault")["name"],
    );
    expect(names).toEqual([
      expect.stringMatching(/^kv-mylonglong-[0-9a-f]{10}$/),
      expect.stringMatching(/^kv-mylonglong-[0-9a-f]{10}$/),
    ]);
    expect(names[0]).not.toBe(names[1]);
    expect(selfSigned({ keyVaultName: "kv-mine" }).one("azurerm_key_vault")["name"]).toBe("kv-mine");
  });

  test.each([
    [{ subject: "llm.x.com" }, "subject", subjectProblem("llm.x.com")],
    [{ dnsNames: ["llm"] }, "dnsNames", certificateDnsNameProblem("llm")],
    [{ keyVaultName: "kv--1" }, "keyVaultName", nameProblem("keyVault")("kv--1")],
  ])("refuses %j", (props, prop, problem) => {
    expect(() => withCertificate(makeStack(), GatewayCertificate.selfSigned(props))).toThrow(
      refusal("stack/LB/Gateway/Certificate", prop, problem),
    );
  });

  test("refuses more tags than a certificate takes", () => {
    const tags = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`tag${n}`, "x"]));
    expect(() => withCertificate(makeStack(), GatewayCertificate.selfSigned(), { tags })).toThrow(
      refusal("stack/LB/Gateway/Certificate", "tags", certificateTagsProblem(tags)),
    );
  });
});

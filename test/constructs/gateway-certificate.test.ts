import { type TerraformStack } from "cdktf";
import {
  GatewayCertificate,
  GatewayListener,
  PrincipalType,
  type SelfSignedCertificateProps,
} from "../../lib/index.js";
import { GROUP_ID, IDENTITY_ID, loadBalancer, SECRET_ID, VAULT_ID } from "../support/load-balancer.js";
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
  test("makes no vault, and passes the secret id on as it is", () => {
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
    const gatewayIdentity = {
      identityId: IDENTITY_ID,
      principalId: GROUP_ID,
      principalType: PrincipalType.SERVICE_PRINCIPAL,
      principalKey: "theirs",
    };
    const out = synth((stack) => withCertificate(stack, certificate, { gatewayIdentity, clientIdentity: false }));
    expect(out.all("azurerm_role_assignment")).toEqual([]);
    expect(out.all("azurerm_user_assigned_identity")).toEqual([]);
    expect(out.gateway["identity"]).toEqual({ type: "UserAssigned", identity_ids: [IDENTITY_ID] });
  });

  test("warns that one version is never renewed", () => {
    const out = synth((stack) =>
      withCertificate(stack, GatewayCertificate.fromKeyVault({ keyVaultId: VAULT_ID, secretId: versioned })),
    );
    expect(out.warnings).toContain(
      "secretId names one version of the certificate, so the gateway never takes a renewed one; leave the version out",
    );
  });

  test.each([
    [
      { keyVaultId: "kv", secretId: SECRET_ID },
      'keyVaultId: "kv" is not the id of a Microsoft.KeyVault/vaults; write "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…"',
    ],
    [
      { keyVaultId: VAULT_ID, secretId: "https://x.example.com/secrets/a" },
      'secretId: "https://x.example.com/secrets/a" is not the id of a Key Vault secret; write "https://my-vault.vault.azure.net/secrets/my-certificate"',
    ],
    [
      { keyVaultId: VAULT_ID, secretId: "https://kv-shared.vault.azure.net/certificates/llm" },
      'secretId: "https://kv-shared.vault.azure.net/certificates/llm" is a certificate\'s id; the gateway reads its secret: write "secrets" for "certificates", such as "https://my-vault.vault.azure.net/secrets/my-certificate"',
    ],
    [
      { keyVaultId: VAULT_ID, secretId: "https://kv-other.vault.azure.net/secrets/llm" },
      'secretId: "https://kv-other.vault.azure.net/secrets/llm" is a secret of vault "kv-other", but keyVaultId names vault "kv-shared"; the gateway gets its role on that one, so name one vault in both',
    ],
  ])("refuses %j", (props, message) => {
    expect(() => withCertificate(makeStack(), GatewayCertificate.fromKeyVault(props))).toThrow(
      new Error(`stack/LB/Gateway/Certificate: ${message}`),
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
    [
      { subject: "llm.x.com" },
      'subject: "llm.x.com" is not a subject; write an X.500 name with a CN, such as "CN=llm.example.com" or "CN=llm.example.com, O=Example"',
    ],
    [
      { dnsNames: ["llm"] },
      'dnsNames: "llm" has no domain; write a host name such as "llm.example.com" or "*.example.com"',
    ],
    [
      { keyVaultName: "kv--1" },
      'keyVaultName: "kv--1" cannot name a key vault; allowed are 3 to 24 characters: letters, digits and single hyphens, a letter first, a letter or digit last',
    ],
  ])("refuses %j", (props, message) => {
    expect(() => withCertificate(makeStack(), GatewayCertificate.selfSigned(props))).toThrow(
      new Error(`stack/LB/Gateway/Certificate: ${message}`),
    );
  });

  test("refuses more tags than a certificate takes", () => {
    const tags = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`tag${n}`, "x"]));
    expect(() => withCertificate(makeStack(), GatewayCertificate.selfSigned(), { tags })).toThrow(
      new Error(
        "stack/LB/Gateway/Certificate: tags: 16 tags are too many for a certificate in Key Vault, which takes 15; use fewer, or a certificate of your own",
      ),
    );
  });
});

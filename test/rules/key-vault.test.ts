import fc from "fast-check";
import {
  isVersioned,
  noAccessProblem,
  normalizeSecretId,
  secretIdProblem,
  secretInVaultProblem,
  subjectProblem,
  trialVaultName,
  vaultOfSecret,
} from "../../lib/rules/key-vault.js";
import { nameProblem } from "../../lib/rules/resource-name.js";

const SECRET = "https://my-vault.vault.azure.net/secrets/my-certificate";
const VERSION = "fdf067c93bbb4b22bff4d8b7a9a56217";
const VAULT_ID =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/My-Vault";

describe("secretIdProblem", () => {
  test.each([
    SECRET,
    `${SECRET}/${VERSION}`,
    `${SECRET}/`,
    "https://my-vault.vault.azure.net:443/secrets/c",
    "https://v.vault.azure.cn/secrets/c",
    "https://v.vault.usgovcloudapi.net/secrets/c",
  ])("takes %s", (id) => {
    expect(secretIdProblem(id)).toBeUndefined();
  });

  test.each([
    "",
    `${SECRET}//`,
    SECRET.replace("secrets", "SECRETS"),
    "my-certificate",
    "http://my-vault.vault.azure.net/secrets/c",
    "https://my-vault.vault.azure.net/keys/c",
    "https://my-vault.vault.azure.net/secrets/",
    "https://my-vault.vault.azure.net/secrets/a_b",
    "https://my-vault.vault.azure.net:8443/secrets/c",
    "https://my-vault.managedhsm.azure.net/secrets/c",
    "https://my-vault.vault.azure.net/secrets/c/v/more",
    "https://my-vault.vault.azure.net/secrets/c?x",
    "https://example.com/secrets/c",
    "https://my-vault.vault.azure.net/secrets/${c}",
  ])("refuses %j", (id) => {
    expect(secretIdProblem(id)).toBe(`"${id}" is not the id of a Key Vault secret; write "${SECRET}"`);
  });

  test("says what to do with the id of a certificate", () => {
    const id = "https://my-vault.vault.azure.net/certificates/c";
    expect(secretIdProblem(id)).toBe(
      `"${id}" is the id of a certificate, and the gateway reads the secret behind it; replace "certificates" with "secrets", as in "${SECRET}"`,
    );
  });
});

test("a secret id has a vault, and may have a version", () => {
  expect(vaultOfSecret("https://My-Vault.vault.azure.net/secrets/c")).toBe("my-vault");
  expect(vaultOfSecret("my-vault")).toBeUndefined();
  expect([SECRET, `${SECRET}/`, `${SECRET}/${VERSION}`].map(isVersioned)).toEqual([false, false, true]);
});

test("normalizeSecretId removes the port and the trailing slash", () => {
  const port = SECRET.replace(".net", ".net:443");
  expect([SECRET, `${SECRET}/`, port, `${port}/${VERSION}`].map(normalizeSecretId)).toEqual([
    SECRET,
    SECRET,
    SECRET,
    `${SECRET}/${VERSION}`,
  ]);
});

test("secretInVaultProblem compares the vaults, whatever their case", () => {
  const other = "https://other.vault.azure.net/secrets/c";
  expect(secretInVaultProblem(SECRET, VAULT_ID)).toBeUndefined();
  expect(secretInVaultProblem(other, VAULT_ID)).toBe(
    `"${other}" is a secret of vault "other", but keyVaultId is vault "my-vault", on which the gateway is granted its role; use the same vault in both`,
  );
});

describe("subjectProblem", () => {
  test.each([
    "CN=llm.example.com",
    "cn=llm.example.com",
    "CN=llm.example.com, O=Example Ltd., C=DE",
    "O=Example,CN=*.example.com",
    `CN=${"a".repeat(64)}`,
  ])("takes %s", (subject) => {
    expect(subjectProblem(subject)).toBeUndefined();
  });

  test.each([
    "",
    "llm.example.com",
    "O=Example",
    "CN=",
    "CN= ",
    "CN=a,",
    "CN=a, XY=b",
    'CN="a"',
    "CN=a+O=b",
    "CN=a;O=b",
    "CN=a\\,b",
    "CN=#a",
    "CN=a\nb",
  ])("refuses %j", (subject) => {
    expect(subjectProblem(subject)).toBe(
      `${JSON.stringify(subject)} is not a subject; write an X.500 name with a CN, such as "CN=llm.example.com" or "CN=llm.example.com, O=Example"`,
    );
  });

  test("refuses a CN that is too long", () => {
    const subject = `CN=${"a".repeat(65)}`;
    expect(subjectProblem(subject)).toBe(
      `"${subject}" has a CN of 65 characters; at most 64 are allowed, and longer names can go into dnsNames`,
    );
  });
});

test("an identity that is created with the gateway needs access to the certificate", () => {
  expect(noAccessProblem()).toBe(
    "false leaves an identity that is created with the gateway without access to the certificate; set gatewayIdentity to one that has access, or remove grantAccess",
  );
});

describe("trialVaultName", () => {
  test("is the same for the same deployment, and differs for another", () => {
    expect(trialVaultName("aoai-kiss-lb", "rg", "sub")).toBe(trialVaultName("aoai-kiss-lb", "rg", "sub"));
    expect(trialVaultName("aoai-kiss-lb", "rg", "sub")).not.toBe(trialVaultName("aoai-kiss-lb", "rg2", "sub"));
  });

  test("is a name that Azure accepts, for any prefix", () => {
    const prefix = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9]([-\w]{0,57}[A-Za-z0-9])?$/),
      fc.constantFrom("windows-lb", "my-microsoft", "agw-x"),
    );
    fc.assert(
      fc.property(prefix, fc.string(), (name, place) => {
        expect(nameProblem("keyVault")(trialVaultName(name, place))).toBeUndefined();
      }),
    );
  });
});

import { STATE_SECRETS } from "../../lib/config/state-config.js";
import { changed, linesOf } from "../support/valid-config.js";

const SECRET = "hunter2-do-not-print";
const snakeCase = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

test("the secrets are those of Terraform's azurerm backend", () => {
  expect(Object.fromEntries(STATE_SECRETS)).toEqual({
    accessKey: "ARM_ACCESS_KEY",
    sasToken: "ARM_SAS_TOKEN",
    clientSecret: "ARM_CLIENT_SECRET",
    clientCertificatePassword: "ARM_CLIENT_CERTIFICATE_PASSWORD",
    oidcToken: "ARM_OIDC_TOKEN",
    oidcRequestToken: "ARM_OIDC_REQUEST_TOKEN",
  });
});

test.each(
  [...STATE_SECRETS].flatMap(([key, variable]) => [[key, variable] as const, [snakeCase(key), variable] as const]),
)("%s is refused, and %s named in its place", (key, variable) => {
  expect(linesOf(changed({ [`state.azurerm.${key}`]: SECRET }))).toEqual([
    `state.azurerm.${key}: is a secret, which does not belong in this file; remove it and set the environment variable ${variable}`,
  ]);
});

test.each([
  [{ state: [{ azurerm: { accessKey: SECRET } }] }, ["state: […] is not an object"]],
  [{ "state.azurerm": [{ accessKey: SECRET }] }, ["state.azurerm: […] is not an object"]],
  [{ "state.azurerm.key": { accessKey: SECRET } }, ["state.azurerm.key: {…} is not a text"]],
  [{ name: { accessKey: SECRET } }, ["name: {…} is not a text"]],
  [{ "listener.protocol": [SECRET] }, ['listener.protocol: […] is not known; allowed are "Https", "Http"']],
  [{ "state.azurerm.acessKey": SECRET }, ["state.azurerm.acessKey: unknown key; known are resourceGroupName,"]],
])("%j is refused without what is inside", (changes, lines) => {
  const found = linesOf(changed(changes));
  expect(found.map((line, at) => line.slice(0, lines[at]?.length ?? 0))).toEqual(lines);
  expect(found.join()).not.toContain(SECRET);
});

test.each<[key: string, value: unknown, problem: string]>([
  [
    "resourceGroupName",
    "rg.",
    '"rg." cannot name a resource group; allowed are 1 to 90 characters: letters, digits, underscores, hyphens, periods and parentheses, no period at the end',
  ],
  [
    "storageAccountName",
    "my-state",
    '"my-state" cannot name a storage account; allowed are 3 to 24 characters: lower-case letters and digits',
  ],
  [
    "containerName",
    "TF",
    '"TF" cannot name a container; allowed are 3 to 63 characters: lower-case letters, digits and single inner hyphens',
  ],
  ["key", "", '"" is empty or padded; write the word alone'],
  ["key", "${x}", '"${x}" has "${", which Terraform would take for an expression; leave it out'],
  ["storageAccountName", undefined, "is missing; write a text"],
  ["containerName", undefined, "is missing; write a text"],
  ["key", undefined, "is missing; write a text"],
  ...["subscriptionId", "tenantId", "clientId"].map((key): [string, unknown, string] => [
    key,
    "x",
    '"x" is not a GUID; write 32 hexadecimal digits such as "00000000-0000-0000-0000-000000000000"',
  ]),
  [
    "environment",
    "usgov",
    '"usgov" is not known; allowed are "public", "global", "usgovernment", "usgovernmentl4", "usgovernmentl5", "dod", "china"; did you mean "usgovernment"?',
  ],
  ...["endpoint", "metadataHost", "msiEndpoint", "oidcTokenFilePath"].map((key): [string, unknown, string] => [
    key,
    " x",
    '" x" is empty or padded; write the word alone',
  ]),
  ...["snapshot", "useMsi", "useOidc", "useAzureadAuth"].map((key): [string, unknown, string] => [
    key,
    1,
    "1 is not true or false",
  ]),
])("state.azurerm.%s of %j is refused", (key, value, problem) => {
  expect(linesOf(changed({ [`state.azurerm.${key}`]: value }))).toEqual([`state.azurerm.${key}: ${problem}`]);
});

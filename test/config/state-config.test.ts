import { expressionProblem } from "../../lib/config/fields.js";
import { STATE_SECRETS } from "../../lib/config/state-config.js";
import { nonEmptyProblem } from "../../lib/rules/openai.js";
import { guidProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { missing, renamedKey, secretKey, wrongType } from "../../lib/rules/shape.js";
import { wrongWord } from "../../lib/rules/problem.js";
import { changed, type Changes, expectRefused, problemsOf } from "../support/valid-config.js";

const SECRET = "hunter2-do-not-print";
const snakeCase = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

test("the secrets are those of Terraform's azurerm backend", () => {
  expect(Object.fromEntries(STATE_SECRETS)).toEqual({
    accessKey: "ARM_ACCESS_KEY",
    sasToken: "ARM_SAS_TOKEN",
    clientSecret: "ARM_CLIENT_SECRET",
    clientCertificate: "ARM_CLIENT_CERTIFICATE",
    clientCertificatePassword: "ARM_CLIENT_CERTIFICATE_PASSWORD",
    oidcToken: "ARM_OIDC_TOKEN",
    oidcRequestToken: "ARM_OIDC_REQUEST_TOKEN",
  });
});

test.each(
  [...STATE_SECRETS].flatMap(([key, variable]) => [[key, variable] as const, [snakeCase(key), variable] as const]),
)("%s is refused, and %s named instead", (key, variable) => {
  expectRefused(changed({ [`state.azurerm.${key}`]: SECRET }), { [`state.azurerm.${key}`]: secretKey(variable) });
});

test("the deprecated name of msiEndpoint is refused, and the present one named", () => {
  expectRefused(changed({ "state.azurerm.endpoint": "x", "state.azurerm.msiEndpoint": "y" }), {
    "state.azurerm.endpoint": renamedKey("msiEndpoint"),
  });
});

test.each<[changes: Changes, path: string, problem: string]>([
  [{ state: [{ azurerm: { accessKey: SECRET } }] }, "state", wrongType([SECRET], ["an object"])],
  [{ "state.azurerm": [{ accessKey: SECRET }] }, "state.azurerm", wrongType([SECRET], ["an object"])],
  [{ "state.azurerm.key": { accessKey: SECRET } }, "state.azurerm.key", wrongType({ SECRET }, ["a string"])],
  [{ name: { accessKey: SECRET } }, "name", wrongType({ SECRET }, ["a string"])],
  [{ "listener.protocol": [SECRET] }, "listener.protocol", wrongWord([SECRET], ["Https", "Http"])],
  [{ "state.azurerm.acessKey": SECRET }, "state.azurerm.acessKey", "unknown key"],
])("%j is refused without showing its contents", (changes, path, problem) => {
  const found = problemsOf(changed(changes));
  expect(found.map((one) => [one.path, one.problem.slice(0, problem.length)])).toEqual([[path, problem]]);
  expect(JSON.stringify(found)).not.toContain(SECRET);
});

const padded = nonEmptyProblem(" x");
test.each<readonly [key: string, value: unknown, problem: string | undefined]>([
  ["resourceGroupName", "rg.", nameProblem("resourceGroup")("rg.")],
  ["storageAccountName", "my-state", nameProblem("storageAccount")("my-state")],
  ["containerName", "TF", nameProblem("storageContainer")("TF")],
  ["key", "", nonEmptyProblem("")],
  ["key", "${x}", expressionProblem("${x}")],
  ["storageAccountName", undefined, missing("a string (Storage account)")],
  ["containerName", undefined, missing("a string (Container)")],
  ["key", undefined, missing("a string (Name of the state's blob)")],
  ...["subscriptionId", "tenantId", "clientId"].map((key) => [key, "x", guidProblem("x")] as const),
  [
    "environment",
    "usgov",
    wrongWord("usgov", ["public", "global", "usgovernment", "usgovernmentl4", "usgovernmentl5", "dod", "china"]),
  ],
  ...["metadataHost", "msiEndpoint", "oidcTokenFilePath"].map((key) => [key, " x", padded] as const),
  ...["snapshot", "useMsi", "useOidc", "useAzureadAuth"].map(
    (key) => [key, 1, wrongType(1, ["true or false"])] as const,
  ),
])("state.azurerm.%s of %j is refused", (key, value, problem) => {
  expectRefused(changed({ [`state.azurerm.${key}`]: value }), { [`state.azurerm.${key}`]: problem });
});

import fc from "fast-check";
import {
  camelCase,
  credentialKey,
  excludedBy,
  isCredentialKey,
  missing,
  notExactlyOne,
  renamedKey,
  repeatedKey,
  secondsOf,
  secretKey,
  tooFew,
  tooMany,
  unknownKey,
  wrongType,
} from "../../lib/rules/shape.js";
import { wrongWord } from "../../lib/rules/problem.js";

test.each([
  [missing("a string"), "is missing; write a string"],
  [wrongType(5, ["a string"]), "5 is not a string"],
  [wrongType("x", ["a string", "an array"]), '"x" is not a string or an array'],
  [wrongType("443", ["a number"], "443, without quotes"), '"443" is not a number; write 443, without quotes'],
  [wrongType({ key: "secret" }, ["an array"]), "{…} is not an array"],
  [wrongWord("Htp", ["Https", "Http"]), '"Htp" is not known; use one of "Https", "Http"; did you mean "Http"?'],
  [wrongWord(["secret"], ["Https", "Http"]), '[…] is not known; use one of "Https", "Http"'],
  [wrongWord(undefined, ["Https", "Http"]), 'is missing; use one of "Https", "Http"'],
  [tooFew(1), "[] is empty; at least 1 is needed"],
  [tooMany(101, 100), "has 101 members; at most 100 are allowed"],
  [notExactlyOne(["a", "b"], [], "write one"), "has neither a nor b; write one"],
  [notExactlyOne(["a", "b"], ["a", "b"], "write one"), "has both a and b; write one"],
  [excludedBy("b", "which is fixed"), "cannot be combined with b, which is fixed; remove one of them"],
  [repeatedKey(), "is in this object twice, and JSON keeps only the last one; remove one"],
  [unknownKey("fqnd", ["fqdn", "accountId"]), 'unknown key; did you mean "fqdn"?'],
  [unknownKey("account_id", ["fqdn", "accountId"]), 'unknown key; did you mean "accountId"?'],
  [unknownKey("weight", ["fqdn", "accountId"]), "unknown key; known keys are fqdn, accountId"],
  [
    credentialKey(),
    "is a credential, and the gateway holds none: it forwards the Authorization or api-key header that each caller sends; remove it from this file. For keyless access list the callers in access.principals; keep keys in the callers' environment or vault",
  ],
  [
    secretKey("ARM_ACCESS_KEY"),
    "is a secret, which does not belong in this file; remove it and set the environment variable ARM_ACCESS_KEY",
  ],
  [renamedKey("msiEndpoint"), "is the deprecated name of msiEndpoint; rename it to msiEndpoint"],
])("%s", (problem, words) => {
  expect(problem).toBe(words);
});

test.each([
  ...["apiKey", "api_key", "api-key", "apikey", "API_KEY", "key", "keys", "key1", "accessKey", "subscriptionKey"],
  ...["azureOpenAiApiKey", "openAiKey", "AOAI_KEY", "token", "bearerToken", "secret", "password", "credentials"],
])("%s names a credential", (key) => {
  expect(isCredentialKey(key)).toBe(true);
});

test.each(["keyVaultId", "secretId", "fqdn", "monkey", "keyboard", "tokens", "tokensPerMinute", "weight", ""])(
  "%s names no credential",
  (key) => {
    expect(isCredentialKey(key)).toBe(false);
  },
);

test.each([
  ["resource_group", "resourceGroup"],
  ["resource-group", "resourceGroup"],
  ["RESOURCE_GROUP", "RESOURCEGROUP"],
  ["name", "name"],
])("%s is %s in camel case", (key, name) => {
  expect(camelCase(key)).toBe(name);
});

test.each([
  ["240s", 240],
  ["240 S", 240],
  ["4m", 240],
  ["4 min", 240],
  ["1.5 minutes", 90],
  ["2h", 7_200],
  ["240000ms", 240],
  ["PT4M", 240],
  ["PT240S", 240],
  ["1500ms", undefined],
  ["soon", undefined],
  ["4 fortnights", undefined],
  ["-5s", undefined],
  ["240", undefined],
  [240, undefined],
  [null, undefined],
])("%j is %j seconds", (value, seconds) => {
  expect(secondsOf(value)).toBe(seconds);
});

test("secondsOf takes any value, and gives a whole number or nothing", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const seconds = secondsOf(value);
      expect(seconds === undefined || Number.isInteger(seconds)).toBe(true);
    }),
  );
});

import fc from "fast-check";
import { locationProblem, locationWarning, normalizeLocation, openAiDomain } from "../../lib/rules/location.js";

test.each(["eastus", "East US", "EASTUS2", "newregion9"])("%s is well-formed", (location) => {
  expect(locationProblem(location)).toBeUndefined();
});

test.each(["", " ", "east-us", "2east", "us/east", "östlich"])("%j is refused", (location) => {
  expect(locationProblem(location)).toBe(
    `"${location}" is not an Azure region; write its name, such as "eastus" (\`az account list-locations -o table\`)`,
  );
});

test.each([
  [
    "eastsu",
    '"eastsu" is not an Azure region that this version knows, and the deployment fails if it does not exist; did you mean "eastus"?',
  ],
  [
    "atlantis",
    '"atlantis" is not an Azure region that this version knows, and the deployment fails if it does not exist',
  ],
  ["Sweden Central", undefined],
])("%s is warned about: %s", (location, warning) => {
  expect(locationWarning(location)).toBe(warning);
});

test.each([
  ["East US", "openai.azure.com"],
  ["usgovvirginia", "openai.azure.us"],
  ["US DoD Central", "openai.azure.us"],
  ["chinanorth3", "openai.azure.cn"],
])("accounts in %s answer under %s", (location, domain) => {
  expect(openAiDomain(location)).toBe(domain);
});

test("a valid location is lower-case letters and digits once normalized, and stays so", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."aZ 09-_ü"), maxLength: 12 }), (value) => {
      const location = normalizeLocation(value);
      expect(normalizeLocation(location)).toBe(location);
      if (locationProblem(value) === undefined) expect(location).toMatch(/^[a-z][a-z0-9]*$/);
      else expect(locationProblem(value)).toContain(JSON.stringify(value));
    }),
  );
});

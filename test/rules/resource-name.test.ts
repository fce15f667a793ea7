import fc from "fast-check";
import {
  defaultSubdomainProblem,
  nameProblem,
  type NamedResource,
  stackNameProblem,
} from "../../lib/rules/resource-name.js";

const network = "letters, digits, underscores, periods and hyphens, a letter or digit first, no period or hyphen last";

/** What each name may be, as Microsoft's page of naming rules has it: bounds, and a pattern written apart from the code's. */
const rules: Record<
  NamedResource,
  readonly [what: string, min: number, max: number, charset: RegExp, allowed: string]
> = {
  resourceGroup: [
    "a resource group",
    1,
    90,
    /^[A-Za-z0-9_().-]*[A-Za-z0-9_()-]$/,
    "letters, digits, underscores, hyphens, periods and parentheses, no period at the end",
  ],
  network: ["a virtual network", 2, 64, /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, network],
  securityGroup: ["a network security group", 1, 80, /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, network],
  publicIpAddress: ["a public IP address", 1, 80, /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, network],
  subnet: ["a subnet", 1, 80, /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, network],
  gateway: ["an application gateway", 1, 80, /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, network],
  firewallPolicy: ["a web application firewall policy", 1, 80, /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, network],
  trafficManager: [
    "a Traffic Manager profile",
    1,
    63,
    /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    "letters, digits and inner hyphens",
  ],
  identity: [
    "a user-assigned identity",
    3,
    128,
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    "letters, digits, hyphens and underscores, a letter or digit first",
  ],
  keyVault: [
    "a key vault",
    3,
    24,
    /^[A-Za-z]([A-Za-z0-9]|-(?=[A-Za-z0-9]))*$/,
    "letters, digits and single hyphens, a letter first, a letter or digit last",
  ],
  account: [
    "an Azure OpenAI account",
    2,
    64,
    /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    "letters, digits, and inner hyphens and underscores",
  ],
  customSubdomain: [
    "a custom subdomain",
    2,
    63,
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    "lower-case letters, digits and inner hyphens",
  ],
  backend: [
    "a backend",
    1,
    64,
    /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    "letters, digits, and inner hyphens, underscores and periods",
  ],
  pool: [
    "a pool",
    1,
    64,
    /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    "letters, digits, and inner hyphens, underscores and periods",
  ],
  listener: [
    "a listener",
    1,
    64,
    /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    "letters, digits, and inner hyphens, underscores and periods",
  ],
  route: [
    "a route",
    1,
    64,
    /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    "letters, digits, and inner hyphens, underscores and periods",
  ],
  deployment: [
    "a model deployment",
    2,
    64,
    /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
    "letters, digits, and inner hyphens, underscores and periods",
  ],
  dnsLabel: [
    "a DNS label",
    3,
    63,
    /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    "lower-case letters, digits and inner hyphens, a letter first",
  ],
  storageAccount: ["a storage account", 3, 24, /^[a-z0-9]*$/, "lower-case letters and digits"],
  storageContainer: [
    "a container",
    3,
    63,
    /^[a-z0-9]([a-z0-9]|-(?=[a-z0-9]))*$/,
    "lower-case letters, digits and single inner hyphens",
  ],
  prefix: [
    "a prefix of resource names",
    1,
    59,
    /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    "letters, digits, and inner hyphens and underscores",
  ],
};

test.each(["constructor", "toString", "hasOwnProperty"])("a stack is not named %s", (name) => {
  expect(nameProblem("prefix")(name)).toBeUndefined();
  expect(stackNameProblem(name)).toBe(
    `"${name}" is not a valid name for a stack; JavaScript reserves the word; choose another name`,
  );
});

const resources = Object.keys(rules) as NamedResource[];
const isPublic = (resource: NamedResource) => ["account", "customSubdomain", "keyVault", "dnsLabel"].includes(resource);

describe.each(resources)("a name of %s", (resource) => {
  const rule = nameProblem(resource);
  const [what, min, max, charset, allowed] = rules[resource];
  const refusal = (value: string) =>
    `"${value}" is not a valid name for ${what}; allowed are ${min} to ${max} characters: ${allowed}`;

  test("has a shortest and a longest length", () => {
    expect([rule("a".repeat(min)), rule("a".repeat(max))]).toEqual([undefined, undefined]);
    expect(rule("a".repeat(min - 1))).toBe(refusal("a".repeat(min - 1)));
    expect(rule("a".repeat(max + 1))).toBe(refusal("a".repeat(max + 1)));
  });

  test.each(["abc/def", "abc def", "äbcd", "abc\u200b", "${abc}", "-abc.", "abc\n"])("is not %j", (value) => {
    const shown = JSON.stringify(value).slice(1, -1);
    expect(rule(value)).toBe(refusal(shown));
  });

  test("any text has the documented length and characters, or is refused", () => {
    const unit = fc.constantFrom(..."aaabbZ09-_.() ü");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (value) => {
        const isRight = value.length >= min && value.length <= max && charset.test(value);
        expect(rule(value)).toBe(isRight ? undefined : refusal(value));
      }),
    );
  });

  test.each(["my-microsoft-ai", "windows1", "login-page", "xbox"])("may hold the word in %s or not", (value) => {
    const word = /microsoft|windows|login|xbox/.exec(value)?.[0] ?? "";
    const problem = `"${value}" is not a valid name for ${what}; Azure reserves the word "${word}"; choose another name`;
    if (resource === "storageAccount" && value.includes("-")) expect(rule(value)).toBe(refusal(value));
    else expect(rule(value)).toBe(isPublic(resource) ? problem : undefined);
  });
});

test("an account's name has to serve as its custom subdomain, if none is given", () => {
  expect(defaultSubdomainProblem("My-Account")).toBeUndefined();
  // Reported as the account's name.
  expect(defaultSubdomainProblem("a.b")).toBeUndefined();
  expect(defaultSubdomainProblem("a_b")).toBe(
    `is missing, and its default, the account's name in lower case, is not allowed: ${nameProblem("customSubdomain")("a_b")}`,
  );
});

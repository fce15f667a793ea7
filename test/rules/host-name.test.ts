import fc from "fast-check";
import {
  accountLabelWarning,
  backendFqdnProblem,
  certificateDnsNameProblem,
  hostNamesProblem,
  isOpenAiFqdn,
  isRegionalEndpoint,
  listenerHostNameProblem,
  normalizeFqdn,
  OPENAI_SUFFIXES,
  poolWarnings,
  redirectsByDefault,
  redirectTargetProblem,
  sharedAccountWarnings,
} from "../../lib/rules/host-name.js";

const FQDN = 'write the host name alone, such as "my-account.openai.azure.com"';
const HOST = 'write a host name such as "llm.example.com" or "*.example.com"';
const LABELS = "is not a host name: each label has 1 to 63 letters, digits and inner hyphens";

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const hostName = fc.tuple(label, label, fc.constantFrom("com", "net", "example")).map((labels) => labels.join("."));

describe("backendFqdnProblem", () => {
  test.each([
    "my-account.openai.azure.com",
    "MY-ACCOUNT.OpenAI.Azure.com",
    "a.b",
    "1.2.3.4.example",
    `${"a".repeat(63)}.example.com`,
    [63, 63, 63, 61].map((length) => "a".repeat(length)).join("."),
  ])("takes %s", (fqdn) => {
    expect(backendFqdnProblem(fqdn)).toBeUndefined();
  });

  test.each([
    ["", `"" is empty; ${FQDN}`],
    ["https://a.openai.azure.com", `"https://a.openai.azure.com" has a scheme; ${FQDN}`],
    ["a.openai.azure.com/openai", `"a.openai.azure.com/openai" has a path; ${FQDN}`],
    ["a.openai.azure.com?x", `"a.openai.azure.com?x" has a path; ${FQDN}`],
    ["a.openai.azure.com#x", `"a.openai.azure.com#x" has a path; ${FQDN}`],
    [" a.openai.azure.com", `" a.openai.azure.com" has white space; ${FQDN}`],
    ["a.openai.azure.com\n", `"a.openai.azure.com\\n" has white space; ${FQDN}`],
    ["me@a.openai.azure.com", `"me@a.openai.azure.com" has a user name; ${FQDN}`],
    ["10.0.0.4", `"10.0.0.4" is an IP address, and the gateway needs the account's own host name; ${FQDN}`],
    ["fd00::4", `"fd00::4" is an IP address, and the gateway needs the account's own host name; ${FQDN}`],
    ["a.openai.azure.com:443", `"a.openai.azure.com:443" has a port, and the gateway always uses 443; ${FQDN}`],
    ["*.openai.azure.com", `"*.openai.azure.com" has a wildcard, and each account has to be listed; ${FQDN}`],
    [
      "privatelink.openai.azure.com",
      '"privatelink.openai.azure.com" is the zone of private endpoints; write the host name alone, such as "my-account.openai.azure.com"',
    ],
    [
      "aa.privatelink.openai.azure.com",
      '"aa.privatelink.openai.azure.com" is the alias of a private endpoint in the zone privatelink.openai.azure.com: write the account\'s own host name, "aa.openai.azure.com", which resolves to the private endpoint',
    ],
    [
      "AA.PrivateLink.cognitiveservices.azure.us",
      '"AA.PrivateLink.cognitiveservices.azure.us" is the alias of a private endpoint in the zone PrivateLink.cognitiveservices.azure.us: write the account\'s own host name, "AA.cognitiveservices.azure.us", which resolves to the private endpoint',
    ],
    ["a.openai.azure.com.", `"a.openai.azure.com." ends with a dot; ${FQDN}`],
    ["my-account", `"my-account" has no domain; ${FQDN}`],
    ["a..com", `"a..com" ${LABELS}; ${FQDN}`],
    ["-a.com", `"-a.com" ${LABELS}; ${FQDN}`],
    ["a-.com", `"a-.com" ${LABELS}; ${FQDN}`],
    ["my_account.openai.azure.com", `"my_account.openai.azure.com" ${LABELS}; ${FQDN}`],
    ["kühn.openai.azure.com", `"kühn.openai.azure.com" ${LABELS}; ${FQDN}`],
    // The Kelvin sign, whose lower case is the letter k.
    ["\u212A.openai.azure.com", `"\u212A.openai.azure.com" ${LABELS}; ${FQDN}`],
    ["1.2.3", `"1.2.3" ${LABELS}; ${FQDN}`],
    [`${"a".repeat(64)}.com`, `"${"a".repeat(64)}.com" ${LABELS}; ${FQDN}`],
    [`${"a.".repeat(126)}com`, `"${"a.".repeat(126)}com" is longer than 253 characters; ${FQDN}`],
  ])("refuses %j", (fqdn, problem) => {
    expect(backendFqdnProblem(fqdn)).toBe(problem);
  });

  test.each([
    ["….openai.azure.com", undefined],
    ["https://…/", `"https://…/" has a scheme; ${FQDN}`],
    ["…/", `"…/" has a path; ${FQDN}`],
    ["….", `"…." ends with a dot; ${FQDN}`],
    [
      "….privatelink.openai.azure.com",
      '"….privatelink.openai.azure.com" is the alias of a private endpoint in the zone privatelink.openai.azure.com: write the account\'s own host name, "….openai.azure.com", which resolves to the private endpoint',
    ],
    ["…:443", `"…:443" has a port, and the gateway always uses 443; ${FQDN}`],
  ])("knows what surrounds a part that is known only after apply: %s", (template, problem) => {
    expect(backendFqdnProblem.ofTemplate?.(template)).toBe(problem);
  });

  test("takes every host name, whatever its case", () => {
    fc.assert(
      fc.property(hostName, (name) => {
        expect([backendFqdnProblem(name), backendFqdnProblem(name.toUpperCase())]).toEqual([undefined, undefined]);
      }),
    );
  });

  test("any text is a host name, or the message quotes it", () => {
    const character = fc.constantFrom(..."abc019-._*/:@ ü");
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 20 }), (value) => {
        const problem = backendFqdnProblem(value);
        if (problem === undefined) expect(value).toMatch(/^([a-z0-9]+(-+[a-z0-9]+)*\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/);
        else expect(problem).toContain(JSON.stringify(value));
      }),
    );
  });
});

test("normalizeFqdn lowers the case", () => {
  expect(normalizeFqdn("My-Account.OpenAI.Azure.Com")).toBe("my-account.openai.azure.com");
});

test("isOpenAiFqdn accepts the domains of every cloud, in any case", () => {
  for (const suffix of OPENAI_SUFFIXES) expect(isOpenAiFqdn(`My-Account${suffix.toUpperCase()}`)).toBe(true);
  expect(isOpenAiFqdn("gateway.example.com")).toBe(false);
  expect(isOpenAiFqdn("myopenai.azure.com")).toBe(false);
});

test("sharedAccountWarnings finds the names of one account, in one cloud", () => {
  const names = ["a.openai.azure.com", "b.openai.azure.com", "A.cognitiveservices.azure.com", "a.openai.azure.us"];
  expect(sharedAccountWarnings([...names, "a.example.com", "b.example.com"])).toEqual([
    "a.openai.azure.com, A.cognitiveservices.azure.com are the same account, which has one quota; list each account once",
  ]);
});

describe("a pool", () => {
  test.each([
    [
      ["eastus.api.cognitive.microsoft.com", "b.openai.azure.com"],
      'eastus.api.cognitive.microsoft.com: it is a regional endpoint, which takes API keys only; Entra tokens need the custom subdomain of the account, such as "my-account.openai.azure.com"',
    ],
    [
      ["a.example.com", "b.openai.azure.com", "c.example.com"],
      "a.example.com, c.example.com: not a domain of Azure OpenAI; right only if your own DNS resolves the name and the endpoint has a certificate for it",
    ],
    [
      ["a.openai.azure.com"],
      "backends: the only one is a.openai.azure.com, so there is nothing to balance and no fail-over",
    ],
  ])("%j is warned about", (fqdns, warning) => {
    expect(poolWarnings(fqdns, fqdns.length)).toEqual([warning]);
  });

  test("counts members that are known only after apply", () => {
    expect(poolWarnings([], 1)).toEqual([
      "backends: the only one is (known after apply), so there is nothing to balance and no fail-over",
    ]);
    expect(poolWarnings(["a.openai.azure.com"], 2)).toEqual([]);
  });
});

test.each([
  ["eastus.api.cognitive.microsoft.com", true],
  ["UsGovVirginia.api.cognitive.microsoft.us", true],
  ["chinaeast2.api.cognitive.azure.cn", true],
  ["api.cognitive.microsoft.com", false],
  ["a.openai.azure.com", false],
])("%s is a regional endpoint: %s", (fqdn, isRegional) => {
  expect(isRegionalEndpoint(fqdn)).toBe(isRegional);
});

test("an account whose host name begins with another word is warned about", () => {
  expect(accountLabelWarning("My-Account", "my-account.openai.azure.com")).toBeUndefined();
  expect(accountLabelWarning("my-account", "llm.example.com")).toBeUndefined();
  expect(accountLabelWarning("my-account", "other.openai.azure.com")).toBe(
    'the account is named "my-account", but the host name begins with "other"; that is right only if "other" is its custom subdomain; otherwise the roles are granted on a different account from the one that answers',
  );
});

describe("certificateDnsNameProblem", () => {
  test.each(["llm.example.com", "*.example.com", "LLM.example.com"])("takes %s", (name) => {
    expect(certificateDnsNameProblem(name)).toBeUndefined();
  });

  test.each([
    ["", `"" has no domain; ${HOST}`],
    ["*", `"*" has no domain; ${HOST}`],
    ["*.com", `"*.com" has no domain; ${HOST}`],
    ["a.*.com", `"a.*.com" ${LABELS}; ${HOST}`],
    ["*.*.com", `"*.*.com" ${LABELS}; ${HOST}`],
    ["llm.example.com:443", `"llm.example.com:443" ${LABELS}; ${HOST}`],
  ])("refuses %j", (name, problem) => {
    expect(certificateDnsNameProblem(name)).toBe(problem);
  });
});

describe("listenerHostNameProblem", () => {
  // The valid and invalid ones of Microsoft's page on multi-site hosting among them.
  test.each([
    "llm.contoso.com",
    "*.contoso-*.com",
    "*.contoso.*",
    "????.contoso.com",
    "w??.contoso*.edu.*",
    "LLM.x.com",
  ])("takes %s", (name) => {
    expect(listenerHostNameProblem(name)).toBeUndefined();
  });

  test.each([
    ["https://a.com", `"https://a.com" has a scheme, a port, a path or white space; ${HOST}`],
    ["a.com:443", `"a.com:443" has a scheme, a port, a path or white space; ${HOST}`],
    ["a.com/x", `"a.com/x" has a scheme, a port, a path or white space; ${HOST}`],
    ["a .com", `"a .com" has a scheme, a port, a path or white space; ${HOST}`],
    ["*.contoso.*.*.com", '"*.contoso.*.*.com" has 3 asterisks; Azure allows 2 in a host name'],
    ["????.contoso.*", '"????.contoso.*" has 5 wildcards; Azure allows 4 in a host name'],
    ["**.contoso.com", '"**.contoso.com" has two asterisks in one label; Azure allows one'],
    ["*?.contoso.com", '"*?.contoso.com" mixes * and ? in one label, which Azure does not allow'],
    ["localhost", `"localhost" has no domain; ${HOST}`],
    ["*", `"*" has no domain; ${HOST}`],
    ["a.com.", `"a.com." ${LABELS}; ${HOST}`],
    ["10.0.0.4", `"10.0.0.4" ${LABELS}; ${HOST}`],
    ["\u212A.com", `"\u212A.com" ${LABELS}; ${HOST}`],
  ])("refuses %j", (name, problem) => {
    expect(listenerHostNameProblem(name)).toBe(problem);
  });

  test("a name without wildcards is valid for a listener exactly if it is for a pool, addresses aside", () => {
    fc.assert(
      fc.property(hostName, (name) => {
        expect(listenerHostNameProblem(name)).toBeUndefined();
        expect(certificateDnsNameProblem(`*.${name}`)).toBeUndefined();
      }),
    );
  });
});

test("hostNamesProblem refuses a sixth name and a repeated name, in any case", () => {
  const five = ["a.com", "b.com", "c.com", "d.com", "e.com"];
  expect(hostNamesProblem([])).toBeUndefined();
  expect(hostNamesProblem(five)).toBeUndefined();
  expect(hostNamesProblem([...five, "f.com"])).toBe(
    "6 host names are too many; Azure allows 5 on a listener; use wildcards",
  );
  expect(hostNamesProblem(["a.com", "A.com"])).toBe('"A.com" is listed twice; remove one');
});

test("redirectTargetProblem takes any host name, or some without wildcards", () => {
  expect([[], ["a.com"], ["a.com", "b.com"]].map(redirectTargetProblem)).toEqual([undefined, undefined, undefined]);
  expect(redirectTargetProblem(["a.com", "*.b.com", "w?.c.com"])).toBe(
    'cannot redirect to wildcard host names, such as "*.b.com", "w?.c.com"; write the host names out, or set redirectHttp to false',
  );
});

test("redirectsByDefault is false where Azure cannot", () => {
  expect([[], ["a.com", "b.com"], ["a.com", "*.b.com"]].map(redirectsByDefault)).toEqual([true, true, false]);
});

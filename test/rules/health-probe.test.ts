import fc from "fast-check";
import { probePathProblem, probeWarning, statusCodesProblem } from "../../lib/rules/health-probe.js";

describe("probePathProblem", () => {
  test.each(["/", "/status-0123456789abcdef", "/a/b?c=d&e=%20", "/~user/(x);y=1,2"])("takes %s", (path) => {
    expect(probePathProblem(path)).toBeUndefined();
  });

  test.each(["", "status", "https://a.example/", "*"])("refuses %j, which does not start with a slash", (path) => {
    expect(probePathProblem(path)).toBe(
      `"${path}" does not start with "/"; write a path such as "/status-0123456789abcdef"`,
    );
  });

  test.each(["/a b", "/ä", "/a#b", "/<x>", "/${x}", "/a\\b"])("refuses %j, which no URL has", (path) => {
    expect(probePathProblem(path)).toBe(
      `${JSON.stringify(path)} has characters that are not allowed in a URL path; percent-encode them`,
    );
  });
});

describe("statusCodesProblem", () => {
  test.each(["200", "200-399", "100-599", "404-404"])("takes %s", (codes) => {
    expect(statusCodesProblem(codes)).toBeUndefined();
  });

  test.each(["", "20", "2000", "600", "099", "200-", "-399", "200 - 399", "200,404", "2xx", "200-399-404"])(
    "refuses %j",
    (codes) => {
      expect(statusCodesProblem(codes)).toBe(
        `"${codes}" is not a status code or a range of status codes; write "200" or "200-399", from 100 to 599`,
      );
    },
  );

  test("refuses a range the wrong way round, and proposes a right one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.integer({ min: 100, max: 599 }), (from, to) => {
        const proposed = `${to}-${from}`;
        const expected =
          from <= to ? undefined : `"${from}-${to}" is a range that ends before it starts; write "${proposed}"`;
        expect(statusCodesProblem(`${from}-${to}`)).toBe(expected);
        if (expected) expect(statusCodesProblem(proposed)).toBeUndefined();
      }),
    );
  });
});

describe("a probe", () => {
  const fix = 'probe "/status-0123456789abcdef", which it answers with 200';
  test.each([
    [
      "/",
      ["200-399"],
      `healthProbe: Azure OpenAI answers "/" with 404, and only 200-399 is accepted, so every backend is unhealthy and each request gets a 502; ${fix}`,
    ],
    [
      "/?a=b",
      ["404"],
      `healthProbe: Azure OpenAI answers "/?a=b" with 404, as any server without that page does; ${fix}`,
    ],
    [
      "/status-0123456789abcdef",
      ["404", "500-599"],
      'healthProbe: Azure OpenAI answers "/status-0123456789abcdef" with 200, and only 404, 500-599 is accepted, so every backend is unhealthy and each request gets a 502; accept 200',
    ],
    [
      "/openai/models",
      ["200"],
      `healthProbe: Azure OpenAI answers "/openai/models" with 401, and only 200 is accepted, so every backend is unhealthy and each request gets a 502; ${fix}`,
    ],
    [
      "/healthz",
      ["404", "401"],
      `healthProbe: only 404, 401 is accepted, and Azure OpenAI sends only errors with such a code: 404 where there is nothing, 401 without a token; ${fix}`,
    ],
  ])("of %s that accepts %j is warned about", (path, codes, warning) => {
    expect(probeWarning(path, codes)).toBe(warning);
  });

  test.each([
    ["/status-0123456789abcdef", ["200-399"]],
    ["/status-0123456789abcdef", ["100-599"]],
    ["/healthz", ["200", "404"]],
  ])("of %s that accepts %j is not", (path, codes) => {
    expect(probeWarning(path, codes)).toBeUndefined();
  });
});

import fc from "fast-check";
import { probePathProblem, statusCodesProblem } from "../../lib/rules/health-probe.js";

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

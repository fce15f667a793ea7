import fc from "fast-check";
import { listenerConflicts, type ListenerPlace, sitePriorities } from "../../lib/rules/listener-order.js";

describe("the order of rules", () => {
  const prioritiesOf = (main: string[], ...others: string[][]) => sitePriorities([siteOf(main), ...others.map(siteOf)]);
  const rules = (...sites: [string[], ...string[][]]) => prioritiesOf(...sites).map(({ rule }) => rule);

  test("the main listener keeps its place, whatever is added", () => {
    expect(prioritiesOf([], ["a.com"], ["*.com"], [])[0]).toEqual({ rule: 100, redirect: 200 });
  });

  test("host names come before wildcards, long wildcards before short ones, any host name last", () => {
    expect(rules([], ["*.x.com"], ["*.a.x.com"], ["b.a.x.com"], [])).toEqual([100, 3, 2, 1, 300]);
    expect(rules(["*.x.com"], ["a.x.com"], ["*.com"], ["*.a.x.com"])).toEqual([100, 1, 300, 2]);
    expect(rules(["a.com"], ["b.com"], ["*.com"])).toEqual([100, 1, 300]);
  });

  test("no two priorities are the same, those of redirects included, in as many listeners as a gateway takes", () => {
    const listeners = fc.array(
      fc.record({
        hostNames: fc.array(fc.constantFrom("a.com", "b.com", "*.com", "*.b.com"), { maxLength: 5 }),
        redirects: fc.boolean(),
      }),
      { minLength: 1, maxLength: 100 },
    );
    fc.assert(
      fc.property(listeners, (drawn) => {
        const sites = drawn
          .map(({ hostNames, redirects }) => ({ hostNames, redirects: redirects ? Math.max(1, hostNames.length) : 0 }))
          .filter((_, at, all) => all.slice(0, at + 1).reduce((sum, { redirects }) => sum + 1 + redirects, 0) <= 100);
        const [main, ...others] = sites;
        if (!main) return;
        const all = sitePriorities([main, ...others]).flatMap(({ rule, redirect }, at) => {
          const count = sites[at]?.redirects ?? 0;
          return [rule, ...Array.from({ length: count }, (_, number) => redirect + (count > 1 ? number + 1 : 0))];
        });
        expect(new Set(all).size).toBe(all.length);
        expect(all.every((priority) => priority >= 1 && priority <= 20_000)).toBe(true);
      }),
    );
  });
});

const siteOf = (hostNames: string[]) => ({ hostNames, redirects: 0 });

describe("listeners that conflict", () => {
  const place = (change: Partial<ListenerPlace>): ListenerPlace => ({
    owner: "main",
    isRedirect: false,
    frontend: "public",
    port: 443,
    protocol: "Https",
    hostNames: [],
    priority: 100,
    ...change,
  });
  const other = (change: Partial<ListenerPlace>) => place({ owner: "other", priority: 101, ...change });
  const found = (...places: ListenerPlace[]) => listenerConflicts(places).map(({ owner }) => owner);

  test.each<[string, Partial<ListenerPlace>, Partial<ListenerPlace>, string[]]>([
    ["any host name twice", {}, {}, ["other"]],
    ["a host name after any", {}, { hostNames: ["a.com"] }, ["other"]],
    ["a host name before any", {}, { hostNames: ["a.com"], priority: 1 }, []],
    ["any after a host name", { hostNames: ["a.com"] }, {}, []],
    ["one host name twice, in another case", { hostNames: ["a.com"] }, { hostNames: ["b.com", "A.com"] }, ["other"]],
    ["a host name after its wildcard", { hostNames: ["*.a.com"] }, { hostNames: ["b.a.com"] }, ["other"]],
    ["a host name before its wildcard", { hostNames: ["*.a.com"] }, { hostNames: ["b.a.com"], priority: 1 }, []],
    ["a wildcard that others match only in part", { hostNames: ["a?.com"] }, { hostNames: ["*.com"] }, []],
    ["other ports", {}, { port: 8443 }, []],
    ["other frontends", {}, { frontend: "private" }, []],
    ["another protocol", {}, { protocol: "Http", hostNames: ["a.com"] }, ["other"]],
  ])("%s", (_, one, two, expected) => {
    expect(found(place(one), other(two))).toEqual(expected);
  });

  test("of a protocol that most listeners on the port do not have, only its own listener is reported", () => {
    const wrong = place({ owner: "wrong", protocol: "Http", priority: 1 });
    expect(found(wrong, place({ hostNames: ["a.com"] }), other({ hostNames: ["b.com"] }))).toEqual(["wrong"]);
  });
});

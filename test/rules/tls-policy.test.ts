import { isKnownTlsPolicy, TLS_POLICIES, tlsPolicyProblem } from "../../lib/rules/tls-policy.js";

test.each([...TLS_POLICIES, "AppGwSslPolicy20290101", "AppGwSslPolicy20290101S"])("%s is taken", (policy) => {
  expect(tlsPolicyProblem(policy)).toBeUndefined();
});

test.each(["AppGwSslPolicy20150501", "AppGwSslPolicy20170401"])("%s is retired", (policy) => {
  expect(tlsPolicyProblem(policy)).toBe(
    `"${policy}" allows TLS 1.0 or 1.1, which Azure stopped supporting in August 2025; use "AppGwSslPolicy20220101S"`,
  );
});

test.each([
  ["AppGwSslPolicy2022101S", '; did you mean "AppGwSslPolicy20220101S"?'],
  ["appgwsslpolicy20220101s", '; did you mean "AppGwSslPolicy20220101S"?'],
  ["TLS1.2", ""],
  ["", ""],
])("%j is no policy", (policy, meant) => {
  expect(tlsPolicyProblem(policy)).toBe(
    `"${policy}" is not a predefined TLS policy; use one of "AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"${meant}`,
  );
});

test("a policy that is newer than the list is not a known one", () => {
  expect([isKnownTlsPolicy("AppGwSslPolicy20220101"), isKnownTlsPolicy("AppGwSslPolicy20290101")]).toEqual([
    true,
    false,
  ]);
});

import * as library from "../lib/index.js";

test("the constructs export classes and enums only, in the case of types", () => {
  expect(Object.keys(library)).toEqual(expect.arrayContaining(["Grant", "OpenAiLoadBalancer", "TlsPolicy"]));
  expect(Object.keys(library).filter((name) => !/^[A-Z][A-Za-z]*[a-z]$/.test(name))).toEqual([]);
});

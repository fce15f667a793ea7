import {
  allowsNobodyProblem,
  bodyKbProblem,
  countryProblem,
  defaultInspectedBodyKb,
  firewallWarnings,
  inspectedBodyProblem,
  promptFieldProblem,
  rateLimitMinutesProblem,
  repeatedValueProblem,
  tooLongProblem,
} from "../../lib/rules/firewall.js";

test("every refusal says the value, what is allowed and what to do", () => {
  expect(bodyKbProblem(2_001)).toBe("2001 is not allowed; write a whole number of KB from 8 to 2000");
  expect(rateLimitMinutesProblem(2)).toBe("2 is not allowed; Azure counts over 1 or 5 minutes");
  expect(inspectedBodyProblem(128, 64)).toBe(
    "128 KB is more than a body can have, as maxRequestBodyKb is 64; lower it, or raise maxRequestBodyKb",
  );
  expect(countryProblem("de")).toBe(
    '"de" is not a country code; write two capital letters (ISO 3166-1), such as "DE", or "ZZ" for addresses that belong to none',
  );
  expect(promptFieldProblem("messages[0]")).toBe(
    '"messages[0]" is not a field\'s name; write letters, digits, underscores, periods and hyphens, such as "messages"',
  );
  expect(allowsNobodyProblem([])).toBe("[] lets nobody in; list who may connect, or leave it out");
  expect(tooLongProblem(["a", "b"], 1)).toBe("2 are too many; Azure allows 1");
  expect(repeatedValueProblem("DE")).toBe('"DE" is listed twice; list it once');
});

test("what is right is not refused", () => {
  expect([8, 2_000].map(bodyKbProblem)).toEqual([undefined, undefined]);
  expect([1, 5].map(rateLimitMinutesProblem)).toEqual([undefined, undefined]);
  expect([inspectedBodyProblem(64, 64), inspectedBodyProblem(2_000, undefined)]).toEqual([undefined, undefined]);
  expect(["DE", "ZZ"].map(countryProblem)).toEqual([undefined, undefined]);
  expect(["messages", "response_format", "a.b-c"].map(promptFieldProblem)).toEqual([undefined, undefined, undefined]);
});

test("the inspected part of a body is 128 KB, or all of a shorter one", () => {
  expect([undefined, 2_000, 64].map(defaultInspectedBodyKb)).toEqual([128, 128, 64]);
});

test("the warnings say what passes unseen, what is refused and what only logs", () => {
  const blocking = ["allowedClientCidrs", "rateLimit"];
  expect(firewallWarnings({ mode: "Detection", inspectedBodyKb: 128, maxRequestBodyKb: 500, blocking })).toEqual([
    "inspectedBodyKb: rules look at the first 128 KB of a body; what a longer prompt holds after that passes unseen",
    "maxRequestBodyKb: a longer request is refused with 413 in Prevention mode, and images in base64 exceed 500 KB soon; leave it out to let every size pass",
    "mode: it is Detection, so allowedClientCidrs, rateLimit only log what they would block; set it to Prevention to enforce",
  ]);
  expect(firewallWarnings({ mode: "Prevention", inspectedBodyKb: 500, maxRequestBodyKb: 500, blocking })).toHaveLength(
    1,
  );
});

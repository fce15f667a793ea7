import { conclude, type Standing } from "../../lib/client/call/conclusion.js";

const standing: Standing = { kept: undefined, endpoints: 2, asked: 2, unsuitable: 0, milliseconds: 1_000 };

describe("whose answer the caller gets", () => {
  test.each<[string, Partial<Standing>, ReturnType<typeof conclude>]>([
    ["none will ever be available", { kept: "throttled", milliseconds: undefined }, "kept"],
    ["one is available, but was asked", { kept: "failed", milliseconds: undefined }, "kept"],
    ["nobody was asked", { asked: 0 }, "when"],
    ["all were throttled", { kept: "throttled" }, "when"],
    ["the only one was throttled", { kept: "throttled", endpoints: 1, asked: 1 }, "kept"],
    ["one has failed, the others are cooling down", { kept: "failed", asked: 1 }, "kept"],
    ["all refuse the credential", { kept: "misconfigured" }, "kept"],
    ["one refuses the credential, the other is cooling down", { kept: "misconfigured", asked: 1 }, "when"],
    ["none holds it", { kept: "not-held", asked: 2, unsuitable: 2, milliseconds: undefined }, "kept"],
    ["one does not hold it, the other is cooling down", { kept: "not-held", asked: 1, unsuitable: 1 }, "when"],
    ["one does not hold it, the other has no room", { kept: "throttled", unsuitable: 1 }, "when"],
    ["one does not hold it, the other has failed", { kept: "failed", unsuitable: 1 }, "kept"],
    ["one does not hold it, the other gave no answer", { kept: "not-held", unsuitable: 1 }, "when"],
    ["too large for one, the other is cooling down", { kept: "too-large", asked: 1, unsuitable: 1 }, "when"],
    ["none gave an answer", {}, "kept"],
  ])("%s", (_, known, expected) => {
    expect(conclude({ ...standing, ...known })).toBe(expected);
  });
});

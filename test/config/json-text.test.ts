import fc from "fast-check";
import { readJsonText } from "../../lib/config/json-text.js";
import { emptyTextProblem, nestingProblem, syntaxProblem, yamlProblem } from "../../lib/rules/json-syntax.js";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("repeated members", () => {
  test.each([
    ['{"a":1,"a":2}', [[["a"], 8]]],
    [
      '{"a":{"b":1,"c":1,"b":1},"d":[{"e":1},{"e":1,"e":1}]}',
      [
        [["a", "b"], 19],
        [["d", 1, "e"], 46],
      ],
    ],
    ['{"a":1,"\\u0061":2}', [[["a"], 8]]],
    ['{"__proto__":1,"__proto__":2}', [[["__proto__"], 16]]],
    ['{"a":{"b":1},"c":{"b":1}}', []],
  ])("of %s are %j", (text, repeated) => {
    const read = readJsonText(text);
    expect(read.kind === "JSON" && read.repeated.map(({ path, position }) => [path, position.column])).toEqual(
      repeated,
    );
  });
});

test("agrees with the engine on what is JSON, and on its value", () => {
  const sign = fc.constantFrom(...'{}[]:,"\\ \n\t0123.eE+-u\u0001\u00a0ä', "true", "false", "null", '"a"', '"\\n"');
  const edited = fc
    .json()
    .chain((text) =>
      fc
        .tuple(fc.nat(text.length), fc.nat(2), fc.oneof(fc.constant(""), sign))
        .map(([at, length, put]) => text.slice(0, at) + put + text.slice(at + length)),
    );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        edited,
        fc.array(sign, { maxLength: 8 }).map((signs) => signs.join("")),
      ),
      (text) => {
        const read = readJsonText(text);
        expect(read.kind === "JSON").toBe(isJson(text));
        if (read.kind === "JSON") expect(read.value).toEqual(JSON.parse(text));
      },
    ),
    { numRuns: 1_000 },
  );
});

test("has the place of each value, and for a missing one that of the object around it", () => {
  const read = readJsonText('{\n  "a": {\r\n    "b": [1,\n 2] },\n  "c": {} }');
  if (read.kind !== "JSON") throw new Error(read.problem);
  const at = (...path: (string | number)[]) => {
    const { line, column } = read.positionOf(path);
    return `${line}:${column}`;
  };
  expect([at(), at("a"), at("a", "b"), at("a", "b", 0), at("a", "b", 1)]).toEqual(["1:1", "2:3", "3:5", "3:11", "4:2"]);
  expect([at("d"), at("a", "x"), at("a", "b", 7), at("c", "x", "y")]).toEqual(["1:1", "2:3", "3:5", "5:3"]);
});

test("the place of every member is that of its name, in any layout", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2, "\t"), (input, indent) => {
      const text = JSON.stringify(input, null, indent);
      const read = readJsonText(text);
      if (read.kind !== "JSON") throw new Error(read.problem);
      const lines = text.split("\n");
      const check = (at: unknown, path: readonly (string | number)[]) => {
        if (typeof at !== "object" || at === null) return;
        for (const [name, member] of Object.entries(at)) {
          const key = Array.isArray(at) ? Number(name) : name;
          const { line, column } = read.positionOf([...path, key]);
          const begins = lines[line - 1]?.slice(column - 1) ?? "";
          const expected = Array.isArray(at) ? JSON.stringify(member)[0] : JSON.stringify(name);
          expect(begins.startsWith(expected ?? "")).toBe(true);
          check(member, [...path, key]);
        }
      };
      check(read.value, []);
    }),
    { numRuns: 300 },
  );
});

describe("a text that is not JSON", () => {
  test.each([
    ["", 0, emptyTextProblem()],
    [" \n\t", 0, emptyTextProblem()],
    ["name: x\nbackends:\n  - fqdn: a", 0, yamlProblem()],
    ["# our gateway\n\nname: x", 0, yamlProblem()],
    [`${"\n".repeat(10_000)}name: x`, 0, yamlProblem()],
    ["---\nname: x", 0, yamlProblem()],
    ["- a\n- b", 0, yamlProblem()],
    ['"name": x', 0, yamlProblem()],
    ["[".repeat(1_000_000), 0, nestingProblem()],
    [`${"[".repeat(3_000)}${"]".repeat(3_000)}`, 0, nestingProblem()],
  ])("%# is refused at its start", (text, offset, problem) => {
    expect(readJsonText(text)).toEqual({ kind: "not JSON", problem, position: { line: 1, column: offset + 1 } });
  });

  test.each([
    ["// mine\n{}", "1:1", "InvalidCommentToken"],
    ['{\n  "a": 1 # mine\n}', "2:10", "InvalidSymbol"],
    ['{\n  "name": "x"', "2:14", "CloseBraceExpected"],
    ['{ "name": "secret', "1:11", "UnexpectedEndOfString"],
    ["{ 'name': 1 }", "1:3", "InvalidSymbol"],
    ['{\n  "name": "x",\n}', "3:1", "PropertyNameExpected"],
    ['{\r\n  "name": "x"\r\n  "location": "y"\r\n}', "3:3", "CommaExpected"],
    ['{ "a": 1 } {}', "1:12", "EndOfFileExpected"],
    ['{ "a": 💥 }', "1:8", "InvalidSymbol"],
    ['{ "a": "\\x" }', "1:8", "InvalidEscapeCharacter"],
    ["export default {}", "1:1", "InvalidSymbol"],
  ])("%j is refused at %s", (text, place, code) => {
    const read = readJsonText(text);
    if (read.kind === "JSON") throw new Error("is JSON");
    const { line, column } = read.position;
    const offset =
      text
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length +
      (line > 1 ? 1 : 0) +
      column -
      1;
    expect(`${line}:${column}`).toBe(place);
    expect(read.problem).toBe(syntaxProblem(text, offset, code));
  });
});

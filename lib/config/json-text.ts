import { findNodeAtLocation, type Node, parseTree, type ParseError, printParseErrorCode } from "jsonc-parser";
import { emptyTextProblem, nestingProblem, syntaxProblem, yamlProblem } from "../rules/json-syntax.js";
import { type Position } from "./config-error.js";

export type JsonPath = readonly (string | number)[];

/** A text that was read as JSON. */
export type JsonText = NotJson | Json;

export interface NotJson {
  readonly kind: "not JSON";
  readonly problem: string;
  readonly position: Position;
}

export interface Json {
  readonly kind: "JSON";
  readonly value: unknown;
  /** Members that repeat a name of their object: JSON keeps only the last one. */
  readonly repeated: readonly { readonly path: JsonPath; readonly position: Position }[];
  /** Where the member or item at a path begins; where it is missing, the innermost one around it that is there. */
  positionOf(path: JsonPath): Position;
}

/** Reads a text by the grammar of RFC 8259, and keeps the places of what it holds. */
export function readJsonText(text: string): JsonText {
  try {
    return read(text);
  } catch (error) {
    // The parser is recursive, and brackets can be nested until it exhausts the stack.
    if (error instanceof RangeError) return notJson(text, 0, nestingProblem());
    throw error;
  }
}

function read(text: string): JsonText {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (tree && !error) {
    return {
      kind: "JSON",
      value: JSON.parse(text),
      repeated: repeatedMembers(tree, []).map(({ path, node }) => ({ path, position: positionAt(text, node.offset) })),
      positionOf: (path) => positionAt(text, nearest(tree, path).offset),
    };
  }
  if (text.trim() === "") return notJson(text, 0, emptyTextProblem());
  if (isYaml(text)) return notJson(text, 0, yamlProblem());
  const offset = error?.offset ?? 0;
  return notJson(text, offset, syntaxProblem(text, offset, error ? printParseErrorCode(error.error) : ""));
}

function notJson(text: string, offset: number, problem: string): NotJson {
  return { kind: "not JSON", problem, position: positionAt(text, offset) };
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

function nearest(tree: Node, path: JsonPath): Node {
  const node = findNodeAtLocation(tree, [...path]);
  if (!node) return path.length === 0 ? tree : nearest(tree, path.slice(0, -1));
  // A member is found by its name, where its value may be lines away.
  return node.parent?.type === "property" ? node.parent : node;
}

function repeatedMembers(node: Node, path: JsonPath): { path: JsonPath; node: Node }[] {
  const children = node.children ?? [];
  if (node.type === "array") return children.flatMap((child, index) => repeatedMembers(child, [...path, index]));
  const names = new Set<string>();
  return children.flatMap((member) => {
    const [key, value] = member.children ?? [];
    const name = String(key?.value);
    const own = names.has(name) ? [{ path: [...path, name], node: member }] : [];
    names.add(name);
    return [...own, ...(value ? repeatedMembers(value, [...path, name]) : [])];
  });
}

/** Whether the first line that is not empty and not a comment is one that YAML can start with. */
function isYaml(text: string): boolean {
  const first = text.split("\n").find((line) => /^\s*[^\s#]/.test(line)) ?? "";
  return /^\s*(---|%YAML|- |["']?[\w$-]+["']?:(\s|$))/.test(first);
}

import { jsonPath } from "./config-error.js";

/** What a JSON parser does not tell: where a text stops being JSON, and members that it passes over in silence. */
export interface JsonFaults {
  /** Offset of the first character that is wrong; the text's length where it ends too early; absent for JSON. */
  readonly wrongAt?: number;
  /** Paths of the members whose name stands before in the same object. */
  readonly repeated: readonly string[];
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = new RegExp(`${STRING.source}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`, "y");
/** No configuration is nested as deep; a limit keeps the stack from running out. */
const DEEPEST = 100;

/** Reads a text by the grammar of RFC 8259. */
export function jsonFaults(text: string): JsonFaults {
  const repeated: string[] = [];
  let at = 0;

  const take = (token: RegExp): string | undefined => {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const takeSign = (sign: string): boolean => {
    take(SPACE);
    const isThere = text[at] === sign;
    if (isThere) at += 1;
    return isThere;
  };
  const members = (end: string, member: (index: number) => boolean): boolean => {
    if (takeSign(end)) return true;
    for (let index = 0; member(index); index += 1) {
      if (takeSign(end)) return true;
      if (!takeSign(",")) return false;
    }
    return false;
  };
  const value = (path: readonly (string | number)[]): boolean => {
    take(SPACE);
    if (path.length > DEEPEST) return false;
    if (take(SCALAR) !== undefined) return true;
    if (takeSign("[")) return members("]", (index) => value([...path, index]));
    if (!takeSign("{")) return false;
    const names = new Set<string>();
    return members("}", () => {
      take(SPACE);
      const text = take(STRING);
      if (text === undefined) return false;
      const name = JSON.parse(text) as string;
      if (names.has(name)) repeated.push(jsonPath([...path, name]));
      names.add(name);
      return takeSign(":") && value([...path, name]);
    });
  };

  const isWhole = value([]);
  take(SPACE);
  return isWhole && at === text.length ? { repeated } : { wrongAt: at, repeated };
}

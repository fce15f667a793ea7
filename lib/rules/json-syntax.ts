import { quote } from "./problem.js";

const SKELETON = '{ "name": "…", "location": "…", "backends": [ … ], "listener": { … } }';

export function emptyTextProblem(): string {
  return `is empty; write ${SKELETON}`;
}

export function yamlProblem(): string {
  return `looks like YAML; the configuration is JSON: write ${SKELETON}`;
}

export function nestingProblem(): string {
  return "is nested too deeply to be a configuration";
}

/**
 * Why a text stops being JSON at an offset.
 * @param code what `jsonc-parser` calls the error, such as `CommaExpected`
 */
export function syntaxProblem(text: string, offset: number, code: string): string {
  return `is not JSON: ${reason(text, offset, code)}`;
}

function reason(text: string, offset: number, code: string): string {
  if (offset >= text.length) return "the text ends too early; look for a missing bracket, brace or quote";
  const sign = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  if (sign === "/" || sign === "#") return "JSON has no comments; remove it";
  if (sign === "'") return "strings take double quotes";
  const unexpected = `${sign === '"' ? `'"'` : quote(sign)} is not expected here`;
  switch (code) {
    case "UnexpectedEndOfString":
      return "the string that begins here is not closed on its line";
    case "InvalidCharacter":
    case "InvalidEscapeCharacter":
    case "InvalidUnicode":
      return "the string that begins here has a control character or an unknown escape sequence";
    case "CommaExpected":
      return `${unexpected}; look for a missing comma before it`;
    case "PropertyNameExpected":
    case "ValueExpected":
      return `${unexpected}; look for an extra comma before it, or a missing quote`;
    case "EndOfFileExpected":
      return `${unexpected}; nothing can follow the configuration`;
    default:
      return `${unexpected}; look for a missing or extra comma, quote or bracket`;
  }
}

/** Where a field's value stands in a JSON text. */
export interface JsonField {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds a top-level field of a JSON object without parsing the whole: prompts with images have megabytes,
 * and the rest of the text must stay as the caller wrote it. Undefined where the text is no object, is
 * malformed before the field, or has no such field.
 *
 * @param name a plain name, without characters that JSON escapes.
 */
export function findJsonField(json: string, name: string): JsonField | undefined {
  let at = skipBlank(json, 0);
  if (json[at] !== "{") return undefined;
  at = skipBlank(json, at + 1);
  while (json[at] === '"') {
    const keyEnd = stringEnd(json, at);
    const colon = skipBlank(json, keyEnd);
    if (json[colon] !== ":") return undefined;
    const start = skipBlank(json, colon + 1);
    const end = valueEnd(json, start);
    if (end === start || end > json.length) return undefined;
    if (keyEnd - at === name.length + 2 && json.startsWith(name, at + 1)) return { start, end };
    const comma = skipBlank(json, end);
    if (json[comma] !== ",") return undefined;
    at = skipBlank(json, comma + 1);
  }
  return undefined;
}

/** The value of a top-level string field; undefined where there is none or it is no string. */
export function jsonStringField(json: string, name: string): string | undefined {
  const field = findJsonField(json, name);
  if (field === undefined || json[field.start] !== '"') return undefined;
  const raw = json.slice(field.start + 1, field.end - 1);
  if (!raw.includes("\\")) return raw;
  try {
    return String(JSON.parse(json.slice(field.start, field.end)));
  } catch {
    return undefined;
  }
}

/** The text with that string field's value replaced, and every other character kept. */
export function spliceJsonString(json: string, name: string, value: string): string {
  const field = findJsonField(json, name);
  return field === undefined ? json : json.slice(0, field.start) + JSON.stringify(value) + json.slice(field.end);
}

function skipBlank(json: string, from: number): number {
  let at = from;
  for (let code = json.charCodeAt(at); code === 32 || (code >= 9 && code <= 13); code = json.charCodeAt(++at));
  return at;
}

/** The position after a string's closing quote; past the text where it does not close. */
function stringEnd(json: string, open: number): number {
  for (let close = json.indexOf('"', open + 1); close >= 0; close = json.indexOf('"', close + 1)) {
    let slashes = 0;
    while (json[close - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return close + 1;
  }
  return json.length + 1;
}

const NEXT_OF_SCALAR = /[,\]}\s]/g;
const NEXT_OF_NESTED = /["{}[\]]/g;

function valueEnd(json: string, start: number): number {
  const first = json[start];
  if (first === '"') return stringEnd(json, start);
  if (first !== "{" && first !== "[") return search(NEXT_OF_SCALAR, json, start);
  let depth = 0;
  for (let at = start; at < json.length; at = search(NEXT_OF_NESTED, json, at)) {
    const char = json[at];
    if (char === '"') {
      at = stringEnd(json, at);
      continue;
    }
    depth += char === "{" || char === "[" ? 1 : -1;
    at++;
    if (depth === 0) return at;
  }
  return json.length + 1;
}

function search(pattern: RegExp, json: string, from: number): number {
  pattern.lastIndex = from;
  const found = pattern.exec(json);
  return found === null ? json.length : found.index;
}

/** What RE2 can match and JavaScript writes differently. */
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/**
 * The regular expression of a rewrite condition, which is one of RE2 on Azure, as one of JavaScript.
 * https://learn.microsoft.com/azure/application-gateway/rewrite-http-headers-url#pattern-matching
 *
 * @throws SyntaxError if it is none, or if it asks for what RE2 does not have: look-around and back references.
 */
export function re2(pattern: string, ignoreCase: boolean): RegExp {
  const [, letters = "", rest = pattern] = /^\(\?([imsU]+)\)(.*)$/s.exec(pattern) ?? [];
  const flags = new Set(ignoreCase ? "i" : "");
  for (const letter of letters) {
    if (letter === "U") throw new SyntaxError("the flag U (ungreedy) is not supported here");
    flags.add(letter);
  }
  return new RegExp(translate(rest), [...flags].join(""));
}

/** An escape, a POSIX class, the beginning of a group, or a bracket. */
const PIECES = /\\Q([\s\S]*?)(?:\\E|$)|\\([\s\S])|\[:(\^?)(\w+):\]|\(\?(P?<(?![=!])|[=!]|<[=!]|[imsU-]+[:)])|[[\]]/g;

function translate(pattern: string): string {
  let inClass = false;
  return pattern.replace(
    PIECES,
    (piece, quoted?: string, escaped?: string, not?: string, name?: string, group?: string) => {
      if (quoted !== undefined) return quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
      if (escaped !== undefined) return translateEscape(escaped, inClass);
      if (name !== undefined) return inClass ? posixClass(name, not === "^") : piece;
      if (group !== undefined) return inClass ? piece : translateGroup(group);
      if (piece === "[") {
        const opens = !inClass;
        inClass = true;
        return opens ? piece : "\\[";
      }
      inClass = false;
      return piece;
    },
  );
}

function translateEscape(letter: string, inClass: boolean): string {
  if (!inClass && /[1-9]/.test(letter)) throw new SyntaxError(`RE2 has no back references such as \\${letter}`);
  if (!inClass && letter === "A") return "^";
  if (!inClass && letter === "z") return "$";
  if (letter === "a") return "\\x07";
  return `\\${letter}`;
}

function translateGroup(group: string): string {
  if (group === "P<" || group === "<") return "(?<";
  if (/^<?[=!]$/.test(group)) throw new SyntaxError(`RE2 has no look-around such as (?${group}`);
  throw new SyntaxError(`flags such as (?${group} are supported at the beginning only`);
}

function posixClass(name: string, negated: boolean): string {
  const members = POSIX_CLASSES[name];
  if (members === undefined) throw new SyntaxError(`there is no class [:${name}:]`);
  if (negated) throw new SyntaxError(`[:^${name}:] is not supported here; write the others`);
  return members;
}

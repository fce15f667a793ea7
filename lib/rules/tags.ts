import { type Problem, quote } from "./problem.js";
import { byteLength, composed, isSameName } from "./text.js";

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations */
export const MAX_TAGS = 50;
export const MAX_TAG_NAME_LENGTH = 512;
export const MAX_TAG_VALUE_LENGTH = 256;
/** @see https://learn.microsoft.com/rest/api/resources/tags/create-or-update */
const RESERVED_TAG_NAME_PREFIXES = ["microsoft", "azure", "windows"];
/** Objects inside a Key Vault take fewer. */
export const MAX_KEY_VAULT_OBJECT_TAGS = 15;

export type Tags = Readonly<Record<string, string>>;

/** The certificate that is created in a Key Vault takes the tags too. */
export function certificateTagsProblem(tags: Tags): Problem {
  const count = Object.keys(tags).length;
  if (count <= MAX_KEY_VAULT_OBJECT_TAGS) return undefined;
  return `${count} tags are too many for a certificate in Key Vault, which takes ${MAX_KEY_VAULT_OBJECT_TAGS}; use fewer tags, or a certificate of your own`;
}

/** Every problem of the tags, each with the tag's name, or none for the set as a whole. */
export function tagProblems(tags: Tags): { readonly name?: string; readonly problem: string }[] {
  const names = Object.keys(tags);
  const found: { name?: string; problem: string }[] = [];
  if (names.length > MAX_TAGS)
    found.push({ problem: `${names.length} tags are too many; Azure allows ${MAX_TAGS} on a resource` });
  for (const [name, value] of Object.entries(tags)) {
    const problem = tagNameProblem(name, names) ?? tagValueProblem(value);
    if (problem) found.push({ name, problem });
  }
  return found;
}

/** A name that cannot be carried from the file to Terraform. */
export function unusableTagNameProblem(name: string): string {
  return `${quote(name)} cannot be the name of a tag here, as JavaScript reserves it; rename the tag`;
}

function tagNameProblem(name: string, all: readonly string[]): Problem {
  if (name === "") return `"" cannot be the name of a tag; names have 1 to ${MAX_TAG_NAME_LENGTH} bytes`;
  // The provider keeps a map's size under this key, and sees the tag as missing at each plan.
  if (name === "#") return `"#" cannot be the name of a tag: Terraform would set it again at each plan; rename the tag`;
  if (byteLength(name) > MAX_TAG_NAME_LENGTH)
    return `${quote(name)} is ${byteLength(name)} bytes long; names have at most ${MAX_TAG_NAME_LENGTH}, as UTF-8 in composed form`;
  if (/[<>%&\\?/]/.test(composed(name)))
    return `${quote(name)} has a character that is not allowed in tag names; remove < > % & \\ ? /`;
  const prefix = RESERVED_TAG_NAME_PREFIXES.find((reserved) => composed(name).toLowerCase().startsWith(reserved));
  if (prefix) return `${quote(name)} begins with "${prefix}", which Azure reserves; rename the tag`;
  const same = all.find((other) => other !== name && isSameName(other, name));
  return (
    same &&
    `${quote(name)} and ${quote(same)} are the same name to Azure, which ignores case and Unicode composition; keep one`
  );
}

function tagValueProblem(value: string): Problem {
  if (byteLength(value) <= MAX_TAG_VALUE_LENGTH) return undefined;
  return `${quote(value)} is ${byteLength(value)} bytes long; values have at most ${MAX_TAG_VALUE_LENGTH}, as UTF-8 in composed form`;
}

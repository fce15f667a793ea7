import { type Problem, quote } from "./problem.js";

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations */
export const MAX_TAGS = 50;
export const MAX_TAG_NAME_LENGTH = 512;
export const MAX_TAG_VALUE_LENGTH = 256;
/** Objects inside a Key Vault take fewer. */
export const MAX_KEY_VAULT_OBJECT_TAGS = 15;

export type Tags = Readonly<Record<string, string>>;

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

function tagNameProblem(name: string, all: readonly string[]): Problem {
  if (name === "") return `"" cannot name a tag; names have 1 to ${MAX_TAG_NAME_LENGTH} characters`;
  if (Buffer.byteLength(name) > MAX_TAG_NAME_LENGTH)
    return `${quote(name)} is too long; names have at most ${MAX_TAG_NAME_LENGTH} bytes`;
  if (/[<>%&\\?/]/.test(name))
    return `${quote(name)} has a character that tag names cannot have; leave out < > % & \\ ? /`;
  const same = all.find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
  return same && `${quote(name)} and ${quote(same)} are one name to Azure, which ignores case; keep one`;
}

function tagValueProblem(value: string): Problem {
  if (Buffer.byteLength(value) <= MAX_TAG_VALUE_LENGTH) return undefined;
  return `${quote(value)} is too long; values have at most ${MAX_TAG_VALUE_LENGTH} bytes`;
}

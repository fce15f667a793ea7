import { type Problem, quote } from "./problem.js";

/**
 * What a path rule matches: a path, or what paths begin with and `*`.
 * @see https://learn.microsoft.com/azure/application-gateway/url-route-overview#pathpattern
 */
export function pathPatternProblem(pattern: string): Problem {
  if (/^\/[^*?#\s]*\*?$/.test(pattern)) return undefined;
  return `${quote(pattern)} is not a path pattern; it starts with "/" and may have one "*", at its end, such as "/openai/files*"`;
}

/** A pattern of which the part before `*` is removed from the path. */
export function strippedPathProblem(pattern: string): Problem {
  const problem = pathPatternProblem(pattern);
  if (problem || pattern.endsWith("/*")) return problem;
  return `${quote(pattern)} has no prefix that could be removed; end it in "/*", or leave stripPrefix out`;
}

/** Paths that a map would have twice: Azure compares them regardless of case. */
export function repeatedPath(paths: readonly string[]): string | undefined {
  const lower = paths.map((path) => path.toLowerCase());
  return paths.find((path, at) => lower.indexOf(path.toLowerCase()) < at);
}

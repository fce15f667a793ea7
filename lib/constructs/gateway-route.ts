import { type IConstruct } from "constructs";
import { pathPatternProblem, repeatedPath, strippedPathProblem } from "../rules/path-pattern.js";
import { nonEmptyProblem } from "../rules/openai.js";
import { nameProblem } from "../rules/resource-name.js";
import { isSameName } from "../rules/text.js";
import { validate, validateAll, ValidationError } from "./validation.js";

/** Requests that go elsewhere than to all backends in turn, by their paths. */
export interface GatewayRoute {
  /** Unique among the routes; 1 to 64 letters, digits, hyphens, underscores and periods. */
  readonly name: string;
  /** What the paths begin with, such as `/backends/east/*`, or whole paths; regardless of case. */
  readonly paths: readonly string[];
  /**
   * The name of the pool that they go to.
   *
   * @default - all backends
   */
  readonly pool?: string;
  /**
   * Whether the backend gets the path without what the pattern matched. The patterns then end in `/*`.
   *
   * @default false
   */
  readonly stripPrefix?: boolean;
  /**
   * Headers that responses get, in place of those of the same name.
   *
   * @default - none
   */
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

/**
 * Checks a route beside others.
 * @throws ValidationError for one that Azure would refuse, or a name or a path that one of the others has.
 */
export function checkRoute(scope: IConstruct, route: GatewayRoute, others: readonly GatewayRoute[]): void {
  validate(scope, "route.name", route.name, nameProblem("route"));
  if (others.some(({ name }) => isSameName(name, route.name)))
    throw new ValidationError(scope, `route.name: "${route.name}" is already the name of a route; choose another name`);
  if (route.paths.length === 0)
    throw new ValidationError(scope, 'route.paths: [] matches nothing; write at least one, such as "/backends/east/*"');
  validateAll(scope, "route.paths", route.paths, route.stripPrefix ? strippedPathProblem : pathPatternProblem);
  const repeated = repeatedPath([...others.flatMap(({ paths }) => paths), ...route.paths]);
  if (repeated !== undefined)
    throw new ValidationError(scope, `route.paths: "${repeated}" is listed twice; a gateway takes each path once`);
  for (const [name, value] of Object.entries(route.responseHeaders ?? {})) {
    validate(scope, "route.responseHeaders", name, nonEmptyProblem);
    validate(scope, `route.responseHeaders.${name}`, value, nonEmptyProblem);
  }
}

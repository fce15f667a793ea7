import { Token } from "cdktf";
import { type IConstruct } from "constructs";
import { locationProblem, locationWarning, normalizeLocation } from "../rules/location.js";
import { nameProblem } from "../rules/resource-name.js";
import { tagProblems, type Tags } from "../rules/tags.js";
import { refuse, validate } from "./validation.js";
import { warn } from "./warning.js";

/** Where a resource lives, which nearly every one says. */
export interface Placement {
  /** Azure region. */
  readonly location: string;
  /** An existing resource group. */
  readonly resourceGroupName: string;
  /**
   * Tags of every resource that takes them.
   *
   * @default - none
   */
  readonly tags?: Tags;
}

/**
 * A checked placement in Azure's own spelling, ready to be spread into a resource.
 * @throws ValidationError for a location, group or tag that Azure would refuse.
 */
export function placement(scope: IConstruct, { location, resourceGroupName, tags }: Placement): Placement {
  validate(scope, "location", location, locationProblem);
  validate(scope, "resourceGroupName", resourceGroupName, nameProblem("resourceGroup"));
  for (const { problem } of Token.isUnresolved(tags) ? [] : tagProblems(tags ?? {})) refuse(scope, "tags", problem);
  return { location: Token.isUnresolved(location) ? location : normalizeLocation(location), resourceGroupName, tags };
}

/** Warns of a region that is none of those known here. */
export function warnOfUnknownLocation(scope: IConstruct, location: string): void {
  const warning = Token.isUnresolved(location) ? undefined : locationWarning(location);
  if (warning) warn(scope, `location: ${warning}`);
}

import { type IConstruct } from "constructs";
import { tagProblems, type Tags } from "../rules/tags.js";
import { refuse } from "./validation.js";

/** @throws ValidationError for tags that Azure would refuse. */
export function validateTags(scope: IConstruct, tags: Tags = {}): void {
  for (const { problem } of tagProblems(tags)) refuse(scope, "tags", problem);
}

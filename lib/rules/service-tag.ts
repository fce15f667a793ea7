import { type Problem, quote } from "./problem.js";

/** One rule of a security group for each; far more than clients need. */
export const MAX_SERVICE_TAGS = 100;

/**
 * A service tag whose addresses may connect: `VirtualNetwork`, `AzureFrontDoor.Backend`, `AzureCloud.eastus`.
 * @see https://learn.microsoft.com/azure/virtual-network/service-tags-overview#available-service-tags
 */
export function serviceTagProblem(value: string): Problem {
  if (/^[A-Z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)?$/.test(value)) return undefined;
  if (/^[\d.]+(\/\d+)?$/.test(value)) return `${quote(value)} is not a service tag; write ranges in allowedClientCidrs`;
  return `${quote(value)} is not a service tag; write one such as "VirtualNetwork" or "AzureFrontDoor.Backend"`;
}

/** The list as a whole: not too long, no tag twice. */
export function serviceTagsProblem(tags: readonly string[]): Problem {
  if (tags.length > MAX_SERVICE_TAGS)
    return `${tags.length} service tags are too many; at most ${MAX_SERVICE_TAGS} are allowed`;
  const repeated = tags.find((tag, at) => tags.findIndex((other) => other.toLowerCase() === tag.toLowerCase()) < at);
  return repeated && `${quote(repeated)} is listed twice; remove one`;
}

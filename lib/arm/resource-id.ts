import { SynthesizedError } from "../synthesized/index.js";
import { type Expression, type Group, type Target, type Text, call } from "./expression.js";

/**
 * The resource, or resource group, that an Azure resource id names.
 * @throws SynthesizedError for text that is no such id.
 */
export function existingTarget(id: string, where: string): Target {
  const [, subscription, group, rest = ""] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)(?:\/providers\/(.+))?$/i.exec(id) ?? [];
  const [namespace = "", ...segments] = rest.split("/");
  if (subscription === undefined || group === undefined || (rest !== "" && segments.length % 2 === 1)) {
    throw new SynthesizedError(
      where,
      `expected the Azure resource id of a resource or a resource group, /subscriptions/<guid>/resourceGroups/<name>/…, got "${id}"`,
    );
  }
  return {
    type: [namespace, ...segments.filter((_, at) => at % 2 === 0)].join("/"),
    names: segments.filter((_, at) => at % 2 === 1),
    apiVersion: "",
    group: { subscription, name: group },
    label: segments.at(-1) ?? group,
  };
}

/** The group of an id that is known when the template is deployed. */
export function groupOfId(id: Expression): Group {
  const part = (index: number): Text => ({ kind: "item", of: call("split", id, "/"), index });
  return { subscription: part(2), name: part(4) };
}

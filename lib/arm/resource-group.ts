import { type ResourceType, ownName, placement } from "./resource-type.js";

/** Created at the level of the subscription. */
export const RESOURCE_GROUP: ResourceType = {
  type: "Microsoft.Resources/resourceGroups",
  apiVersion: "2023-07-01",
  names: ownName,
  group: () => ({ subscription: undefined, name: undefined }),
  attributes: {},
  render: (block) => placement(block),
};

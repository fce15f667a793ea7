import { existingHomeGroupProblem, otherSubscriptionProblem } from "../rules/pool.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { type BackendConfig, placeOfAccount } from "./backend-config.js";
import { type Add, type Fields } from "./fields.js";
import { type NetworkConfig } from "./network-config.js";
import { type ResourceGroupConfig } from "./resource-group-config.js";

/** The parts of a configuration that say in which subscription and group things are. */
type Parts = Fields<{
  readonly name: string;
  readonly subscriptionId?: string | undefined;
  readonly resourceGroup?: ResourceGroupConfig | undefined;
  readonly backends: readonly BackendConfig[];
  readonly network: NetworkConfig;
}>;

/** What is wrong between the subscriptions of a configuration. */
export function subscriptionRelations({ right }: Parts, add: Add): void {
  const { name = "", subscriptionId, resourceGroup, backends = [], network } = right;
  for (const [at, backend] of backends.entries()) {
    if (backend.kind !== "new account" || resourceGroup?.kind !== "existing") continue;
    const place = placeOfAccount(backend.account, { name, subscriptionId, resourceGroup });
    const isHome = place.subscriptionId?.toLowerCase() === subscriptionId?.toLowerCase();
    if (isHome && place.resourceGroup.kind === "new" && isSame(place.resourceGroup.name, resourceGroup.name))
      add(["backends", at, "account", "resourceGroup", "name"], existingHomeGroupProblem(resourceGroup.name));
  }
  if (subscriptionId === undefined || !network) return;
  const { subnet, frontend } = network;
  if (subnet.kind === "in existing network") {
    const { subscriptionId: other } = parseResourceId(subnet.virtualNetworkId, RESOURCE_TYPES.virtualNetwork);
    if (!isSame(other, subscriptionId)) add(["network", "virtualNetworkId"], otherSubscriptionProblem(other));
  }
  if (frontend.kind !== "Private" && frontend.publicAddress.kind === "existing") {
    const { publicIpAddressId } = frontend.publicAddress;
    const { subscriptionId: other } = parseResourceId(publicIpAddressId, RESOURCE_TYPES.publicIpAddress);
    if (!isSame(other, subscriptionId)) add(["network", "publicIpAddressId"], otherSubscriptionProblem(other));
  }
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

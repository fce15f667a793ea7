import { gatewaySubnetSizeProblem } from "../rules/gateway.js";
import { addressInSubnetProblem } from "../rules/ip-address.js";
import {
  freeSubnet,
  gatewayAddresses,
  noFreeSubnetProblem,
  secondSubnetProblem,
  unreachableBackendsProblem,
} from "../rules/network.js";
import { noCreatedAccountProblem } from "../rules/pool.js";
import { dnsZoneIdsProblem } from "../rules/private-dns.js";
import { type Problem } from "../rules/problem.js";
import { missing } from "../rules/shape.js";
import { type AccountNetworkConfig } from "./account-network-config.js";
import { type BackendConfig, hostNameOf, isPrivateBackend } from "./backend-config.js";
import { type Add, type Fields } from "./fields.js";
import { gatewaySubnetRange, type NetworkConfig, type SubnetConfig } from "./network-config.js";
import { instanceRangeOf, type ScaleConfig } from "./scale-config.js";

/** The parts of a configuration that say who reaches what. */
type Parts = Fields<{
  readonly location: string;
  readonly backends: readonly BackendConfig[];
  readonly accountNetwork?: AccountNetworkConfig | undefined;
  readonly network: NetworkConfig;
  readonly scale: ScaleConfig;
}>;

/** What is wrong between the network and what is in it. */
export function networkRelations({ right, has }: Parts, add: Add): void {
  const { backends, accountNetwork, network, scale, location } = right;
  if (accountNetwork && backends?.every(({ kind }) => kind !== "new account"))
    add(["accountNetwork"], noCreatedAccountProblem());
  if (!network) return;
  subnetRelations(network, scale, add);
  if (accountNetwork) accountNetworkRelations(accountNetwork, network.subnet, location, add);
  const isKnown = accountNetwork !== undefined || !has("accountNetwork");
  if (backends && isKnown)
    add(["network", "frontend"], isolationProblem(network, backends, accountNetwork?.kind === "private endpoints"));
}

/** Whether the subnet has room for the instances and the private address. */
function subnetRelations({ subnet, frontend }: NetworkConfig, scale: ScaleConfig | undefined, add: Add): void {
  const prefix = gatewaySubnetRange(subnet);
  if (prefix === undefined || subnet.kind === "existing") return;
  if (scale) {
    const need = { ...instanceRangeOf(scale), privateFrontends: frontend.kind === "Public" ? 0 : 1 };
    add(
      ["network", subnet.gatewaySubnetPrefix === undefined ? "addressSpace" : "gatewaySubnetPrefix"],
      gatewaySubnetSizeProblem(prefix, need),
    );
  }
  if (frontend.kind !== "Public" && frontend.privateIpAddress !== undefined)
    add(["network", "privateIpAddress"], addressInSubnetProblem(frontend.privateIpAddress, prefix));
}

/** Whether there is a subnet for private endpoints, or room for one, and each zone that resolves to them. */
function accountNetworkRelations(
  accountNetwork: AccountNetworkConfig,
  subnet: SubnetConfig,
  location: string | undefined,
  add: Add,
): void {
  if (accountNetwork.kind !== "private endpoints") return;
  const { subnetId, subnetPrefix, dnsZoneIds } = accountNetwork;
  const place = ["accountNetwork", "privateEndpoints"];
  if (subnetId === undefined) {
    switch (subnet.kind) {
      case "existing":
        add([...place, "subnetId"], missing("an existing subnet for the endpoints, as that of the gateway exists too"));
        break;
      case "in existing network":
        if (subnetPrefix === undefined)
          add([...place, "subnetPrefix"], missing("a free range of the existing network for the endpoints"));
        break;
      case "new": {
        const addresses = gatewayAddresses(subnet);
        if (subnetPrefix !== undefined) add([...place, "subnetPrefix"], secondSubnetProblem(subnetPrefix, addresses));
        else if (freeSubnet(addresses) === undefined) add([...place, "subnetPrefix"], noFreeSubnetProblem(addresses));
      }
    }
  }
  if (dnsZoneIds && location !== undefined) add([...place, "dnsZoneIds"], dnsZoneIdsProblem(dnsZoneIds, location));
}

function isolationProblem(
  { frontend, egress }: NetworkConfig,
  backends: readonly BackendConfig[],
  havePrivateEndpoints: boolean,
): Problem {
  if (frontend.kind !== "Private" || egress.kind !== "frontend") return undefined;
  const isPrivate = (backend: BackendConfig) =>
    backend.kind === "new account" ? havePrivateEndpoints : isPrivateBackend(backend);
  const unreachable = backends.filter((backend) => !backend.drained && !isPrivate(backend));
  return unreachable.length > 0 ? unreachableBackendsProblem(unreachable.map(hostNameOf)) : undefined;
}

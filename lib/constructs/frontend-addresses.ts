import { type ApplicationGatewayFrontendIpConfiguration } from "@cdktf/provider-azurerm/lib/application-gateway";
import { type FrontendName, GATEWAY_NAMES } from "./gateway-names.js";
import { type IGatewayNetwork } from "./gateway-network.js";

/** The blocks for the addresses of a gateway, and their names: the first one is that of the gateway's URL. */
export function frontendAddresses({ subnetId, publicIpAddressId, privateIpAddress }: IGatewayNetwork): {
  frontendIpConfiguration: ApplicationGatewayFrontendIpConfiguration[];
  names: readonly FrontendName[];
} {
  const blocks: (ApplicationGatewayFrontendIpConfiguration & { readonly name: FrontendName })[] = [];
  if (publicIpAddressId !== undefined) blocks.push({ name: GATEWAY_NAMES.publicFrontend, publicIpAddressId });
  if (privateIpAddress !== undefined) {
    blocks.push({
      name: GATEWAY_NAMES.privateFrontend,
      subnetId,
      privateIpAddress,
      privateIpAddressAllocation: "Static",
    });
  }
  return { frontendIpConfiguration: blocks, names: blocks.map(({ name }) => name) };
}

import { type ApplicationGatewayFrontendPort } from "@cdktf/provider-azurerm/lib/application-gateway";

/** The ports that listeners are on. A gateway has one block for each, whichever listeners share it. */
export class FrontendPorts {
  private readonly names = new Map<number, string>();

  /** The name of a port's block, which is called `name` if it is new. */
  nameOf(port: number, name: string): string {
    const known = this.names.get(port) ?? name;
    this.names.set(port, known);
    return known;
  }

  /** The gateway's blocks. */
  _render(): ApplicationGatewayFrontendPort[] {
    return [...this.names].map(([port, name]) => ({ name, port }));
  }
}

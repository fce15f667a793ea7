import { type ApplicationGatewayHttpListener } from "@cdktf/provider-azurerm/lib/application-gateway";

interface HttpListenerBlockProps {
  readonly name: string;
  /** Names of the blocks of its address, its port and its certificate. */
  readonly frontendIp: string;
  readonly port: string;
  readonly certificate?: string;
  readonly protocol: string;
  /** Any where there are none. */
  readonly hostNames: readonly string[];
}

/** The gateway's block of a listener, with TLS or without. */
export function httpListener(props: HttpListenerBlockProps): ApplicationGatewayHttpListener {
  return {
    name: props.name,
    frontendIpConfigurationName: props.frontendIp,
    frontendPortName: props.port,
    protocol: props.protocol,
    ...(props.hostNames.length > 0 && { hostNames: [...props.hostNames] }),
    ...(props.certificate !== undefined && { sslCertificateName: props.certificate }),
  };
}

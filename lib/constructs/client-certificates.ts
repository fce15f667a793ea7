import {
  type ApplicationGatewayConfig,
  type ApplicationGatewayHttpListener,
} from "@cdktf/provider-azurerm/lib/application-gateway";
import { type IConstruct } from "constructs";
import { clientAuthorityProblem, MAX_CLIENT_AUTHORITIES } from "../rules/client-certificate.js";
import { DEFAULT_CHECK_REVOCATION, DEFAULT_VERIFY_ISSUER } from "../rules/defaults.js";
import { GATEWAY_NAMES } from "./gateway-names.js";
import { ListenerProtocol } from "./gateway-listener.js";
import { validateAll, ValidationError } from "./validation.js";

/**
 * The certificates that clients have to present, on every listener with TLS.
 * @see https://learn.microsoft.com/azure/application-gateway/mutual-authentication-overview
 */
export interface ClientCertificates {
  /** Authorities that sign clients' certificates: for each, PEM text of its root and what is below it; 1 to 100. */
  readonly authorities: readonly string[];
  /**
   * Whether the issuer of a client's certificate has to be one of the certificates given, not only signed by one of them.
   *
   * @default false
   */
  readonly verifyIssuer?: boolean;
  /**
   * Whether it is asked of the authority, by OCSP, that a certificate has not been revoked.
   *
   * @default false
   */
  readonly checkRevocation?: boolean;
}

type Blocks = Pick<ApplicationGatewayConfig, "sslProfile" | "trustedClientCertificate">;

/**
 * The gateway's blocks.
 * @throws ValidationError for an authority that Azure would refuse.
 */
export function clientCertificateBlocks(
  scope: IConstruct,
  { authorities, verifyIssuer, checkRevocation }: ClientCertificates,
): Blocks {
  if (authorities.length === 0 || authorities.length > MAX_CLIENT_AUTHORITIES) {
    throw new ValidationError(
      scope,
      `clientCertificates.authorities: has ${authorities.length} members; list 1 to ${MAX_CLIENT_AUTHORITIES}`,
    );
  }
  validateAll(scope, "clientCertificates.authorities", authorities, clientAuthorityProblem);
  const trusted = authorities.map((pem, at) => ({
    name: GATEWAY_NAMES.clientAuthority(at + 1),
    data: Buffer.from(pem).toString("base64"),
  }));
  return {
    trustedClientCertificate: trusted,
    sslProfile: [
      {
        name: GATEWAY_NAMES.clientCertificates,
        trustedClientCertificateNames: trusted.map(({ name }) => name),
        verifyClientCertIssuerDn: verifyIssuer ?? DEFAULT_VERIFY_ISSUER,
        ...((checkRevocation ?? DEFAULT_CHECK_REVOCATION) && { verifyClientCertificateRevocation: "OCSP" }),
      },
    ],
  };
}

/** A listener that asks clients for a certificate, where it has TLS. */
export function askingForCertificates(listener: ApplicationGatewayHttpListener): ApplicationGatewayHttpListener {
  const hasTls = listener.protocol === ListenerProtocol.HTTPS;
  return hasTls ? { ...listener, sslProfileName: GATEWAY_NAMES.clientCertificates } : listener;
}

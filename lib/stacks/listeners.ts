import { type TargetConfig } from "../config/addressing-config.js";
import { type CertificateConfig } from "../config/certificate-config.js";
import { type GatewayConfig } from "../config/gateway-config.js";
import { type AdditionalListenerConfig } from "../config/listener-config.js";
import { ListenerFrontend } from "../constructs/additional-listener.js";
import { type LoadBalancerListener } from "../constructs/addressing.js";
import { GatewayCertificate } from "../constructs/gateway-certificate.js";
import { GatewayListener } from "../constructs/gateway-listener.js";
import { GatewayTarget } from "../constructs/gateway-target.js";
import { TlsPolicy } from "../constructs/tls-policy.js";
import { certificateDnsNameProblem } from "../rules/host-name.js";
import { trialVaultName } from "../rules/key-vault.js";

/** The main listener of a configuration. */
export function listener({ listener, ...config }: GatewayConfig): GatewayListener {
  const { port, hostNames } = listener;
  switch (listener.protocol) {
    case "Http":
      return GatewayListener.http({ port, hostNames });
    case "Https":
      return GatewayListener.https({
        port,
        hostNames,
        certificate: certificate(withDomain(listener.certificate, hostNames, config.addressing?.domain), config),
        redirectHttp: listener.redirectHttp,
        tlsPolicy: listener.tlsPolicy === undefined ? undefined : TlsPolicy.of(listener.tlsPolicy),
      });
  }
}

/** A trial's certificate covers the host names of addresses too. */
function withDomain(source: CertificateConfig, hostNames: readonly string[], domain: string | undefined) {
  if (source.kind !== "self-signed" || source.dnsNames || domain === undefined) return source;
  const own = hostNames.filter((name) => certificateDnsNameProblem(name) === undefined);
  return { ...source, dnsNames: [...new Set([...own, `*.${domain}`])] };
}

/** A further listener of a configuration. */
export function additionalListener(
  { name, ...listener }: AdditionalListenerConfig,
  config: Omit<GatewayConfig, "listener">,
): LoadBalancerListener {
  const { port, hostNames } = listener;
  const common = {
    name,
    target: target(listener.target),
    frontend: listener.frontend && ListenerFrontend[listener.frontend === "Public" ? "PUBLIC" : "PRIVATE"],
  };
  switch (listener.protocol) {
    case "Http":
      return { ...common, listener: GatewayListener.http({ port, hostNames }) };
    case "Https": {
      const source = listener.certificate;
      const own = source ? certificate(source, config, name) : GatewayCertificate.ofMainListener();
      const { redirectHttp } = listener;
      return {
        ...common,
        listener: GatewayListener.https({ port, hostNames, certificate: own, redirectHttp }),
      };
    }
  }
}

/** Where requests go. */
export function target({ kind, name }: TargetConfig): GatewayTarget {
  switch (kind) {
    case "backend":
      return GatewayTarget.backend(name);
    case "pool":
      return GatewayTarget.pool(name);
    case "all":
      return GatewayTarget.all();
  }
}

/** @param listener the name of a listener besides the main one, for a vault of its own */
function certificate(
  source: CertificateConfig,
  { name, resourceGroup, subscriptionId = "" }: Pick<GatewayConfig, "name" | "resourceGroup" | "subscriptionId">,
  ...listener: readonly string[]
): GatewayCertificate {
  switch (source.kind) {
    case "key vault":
      return GatewayCertificate.fromKeyVault(source);
    case "self-signed":
      return GatewayCertificate.selfSigned({
        ...source,
        keyVaultName: trialVaultName(name, resourceGroup.name, subscriptionId, ...listener),
      });
  }
}

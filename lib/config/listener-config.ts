import { z } from "zod";
import { DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT, DEFAULT_TLS_POLICY_NAME } from "../rules/defaults.js";
import { needsHttpsProblem, noCertificateProblem, portProblem, redirectPortProblem } from "../rules/gateway.js";
import {
  hostNamesProblem,
  listenerHostNameProblem,
  redirectsByDefault,
  redirectTargetProblem,
} from "../rules/host-name.js";
import { tlsPolicyProblem } from "../rules/tls-policy.js";
import { type CertificateConfig, certificateSchema } from "./certificate-config.js";
import { alternatives, range, relatedMembers, text } from "./fields.js";

/** Where clients reach the gateway. */
export type ListenerConfig = HttpListenerConfig | HttpsListenerConfig;

export interface HttpListenerConfig {
  readonly protocol: "Http";
  readonly port?: number;
  readonly hostNames: readonly string[];
}

export interface HttpsListenerConfig {
  readonly protocol: "Https";
  readonly port?: number;
  readonly hostNames: readonly string[];
  readonly certificate: CertificateConfig;
  readonly redirectHttp?: boolean;
  readonly tlsPolicy?: string;
}

const hostNamesSchema = relatedMembers(
  z.array(text(listenerHostNameProblem, "Host name, with * and ? as wildcards")),
  (names, add) => {
    add([], hostNamesProblem(names.map(({ value }) => value)));
  },
);

export const listenerSchema = alternatives(
  z.strictObject({
    protocol: z.enum(["Https", "Http"]).describe("Http only for trials on a network that you trust"),
    port: range(
      portProblem,
      `Any but 22; default: ${DEFAULT_HTTPS_PORT} for Https, ${DEFAULT_HTTP_PORT} for Http`,
    ).optional(),
    hostNames: hostNamesSchema
      .default([])
      .describe(
        "Host names that are answered, at most 5, with * and ? as wildcards; a request for another is a 404; default: any",
      ),
    certificate: certificateSchema.optional(),
    redirectHttp: z
      .boolean()
      .optional()
      .describe(
        "Whether port 80 redirects clients to HTTPS; default: true for Https, unless a host name has wildcards",
      ),
    tlsPolicy: text(tlsPolicyProblem, `Predefined TLS policy; default: ${DEFAULT_TLS_POLICY_NAME}`).optional(),
  }),
  ({ right, has }, add): ListenerConfig | undefined => {
    const { protocol, port, hostNames, certificate, redirectHttp, tlsPolicy } = right;
    switch (protocol) {
      case undefined:
        return undefined;
      case "Http":
        for (const key of ["certificate", "tlsPolicy"] as const) if (has(key)) add([key], needsHttpsProblem());
        if (redirectHttp === true) add(["redirectHttp"], needsHttpsProblem());
        return hostNames && { protocol, port, hostNames };
      case "Https":
        if (!has("certificate")) add(["certificate"], noCertificateProblem());
        if (hostNames === undefined) return undefined;
        if (has("redirectHttp") ? redirectHttp : redirectsByDefault(hostNames)) {
          if (port !== undefined) add(["port"], redirectPortProblem(port));
          add(["redirectHttp"], redirectTargetProblem(hostNames));
        }
        return certificate && { protocol, port, hostNames, certificate, redirectHttp, tlsPolicy };
    }
  },
).meta({
  description: "Where clients reach the gateway",
  examples: [{ protocol: "Https", certificate: { selfSigned: {} } }],
});

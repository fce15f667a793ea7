import { z } from "zod";
import { DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT, DEFAULT_TLS_POLICY_NAME } from "../rules/defaults.js";
import { needsHttpsProblem, noCertificateProblem, portProblem, redirectPortProblem } from "../rules/gateway.js";
import {
  hostNamesProblem,
  listenerHostNameProblem,
  redirectsByDefault,
  redirectTargetProblem,
} from "../rules/host-name.js";
import { nonEmptyProblem } from "../rules/openai.js";
import { sameListenerProblem } from "../rules/pool.js";
import { nameProblem } from "../rules/resource-name.js";
import { excludedBy } from "../rules/shape.js";
import { tlsPolicyProblem } from "../rules/tls-policy.js";
import { type TargetConfig, targetOf } from "./addressing-config.js";
import { type CertificateConfig, certificateSchema } from "./certificate-config.js";
import { type Add, alternatives, range, refuseRepeated, relatedMembers, text } from "./fields.js";

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

const listenerFields = z.strictObject({
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
    .describe("Whether port 80 redirects clients to HTTPS; default: true for Https, unless a host name has wildcards"),
  tlsPolicy: text(tlsPolicyProblem, `Predefined TLS policy; default: ${DEFAULT_TLS_POLICY_NAME}`).optional(),
});

export const listenerSchema = alternatives(listenerFields, ({ right, has }, add): ListenerConfig | undefined => {
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
      checkRedirect({ port, hostNames, redirectHttp: has("redirectHttp") ? redirectHttp : undefined }, add);
      return certificate && { protocol, port, hostNames, certificate, redirectHttp, tlsPolicy };
  }
}).meta({
  description: "Where clients reach the gateway",
  examples: [{ protocol: "Https", certificate: { selfSigned: {} } }],
});

function checkRedirect(
  {
    port,
    hostNames,
    redirectHttp = redirectsByDefault(hostNames),
  }: Pick<HttpsListenerConfig, "port" | "hostNames" | "redirectHttp">,
  add: Add,
): void {
  if (!redirectHttp) return;
  if (port !== undefined) add(["port"], redirectPortProblem(port));
  add(["redirectHttp"], redirectTargetProblem(hostNames));
}

/** A listener besides the main one. */
export type AdditionalListenerConfig = AdditionalHttpListenerConfig | AdditionalHttpsListenerConfig;

export interface AdditionalHttpListenerConfig extends HttpListenerConfig {
  readonly name: string;
  readonly target: TargetConfig;
  readonly frontend?: "Public" | "Private";
}

export interface AdditionalHttpsListenerConfig extends Omit<HttpsListenerConfig, "certificate" | "tlsPolicy"> {
  readonly name: string;
  readonly target: TargetConfig;
  readonly frontend?: "Public" | "Private";
  /** Absent for the main listener's. */
  readonly certificate?: CertificateConfig;
}

const additionalListenerSchema = alternatives(
  z.strictObject({
    name: text(nameProblem("listener"), "Name of the listener, 1 to 64 characters"),
    ...listenerFields.omit({ tlsPolicy: true }).shape,
    certificate: certificateSchema
      .optional()
      .describe(
        "TLS certificate of an Https listener; default: the main listener's, which has to cover its host names",
      ),
    backend: text(nonEmptyProblem, "Name of the one backend that requests go to").optional(),
    pool: text(
      nonEmptyProblem,
      "Name of the pool that requests go to; default: what the main listener offers",
    ).optional(),
    frontend: z
      .enum(["Public", "Private"])
      .optional()
      .describe("The one of the gateway's addresses that it is on; default: each that the gateway has"),
  }),
  ({ right, has }, add): AdditionalListenerConfig | undefined => {
    const { name, protocol, port, hostNames, certificate, redirectHttp, backend, pool, frontend } = right;
    if (has("backend") && has("pool")) add(["pool"], excludedBy("backend", "which is one place that requests go to"));
    const target = targetOf(backend, pool) ?? { kind: "all", name: "" };
    switch (protocol) {
      case undefined:
        return undefined;
      case "Http":
        if (has("certificate")) add(["certificate"], needsHttpsProblem());
        if (redirectHttp === true) add(["redirectHttp"], needsHttpsProblem());
        return name !== undefined && hostNames ? { name, protocol, port, hostNames, target, frontend } : undefined;
      case "Https":
        if (name === undefined || hostNames === undefined) return undefined;
        checkRedirect({ port, hostNames, redirectHttp: has("redirectHttp") ? redirectHttp : undefined }, add);
        return { name, protocol, port, hostNames, certificate, redirectHttp, target, frontend };
    }
  },
).meta({
  description: "A listener besides the main one",
  examples: [{ name: "internal", protocol: "Https", hostNames: ["internal.example.com"] }],
});

export const listenersSchema = relatedMembers(z.array(additionalListenerSchema), (listeners, add) => {
  refuseRepeated(listeners, ({ name }) => ({ value: name.toLowerCase(), field: ["name"] }), sameListenerProblem, add);
});

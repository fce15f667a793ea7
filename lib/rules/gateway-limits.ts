/** How many blocks of each kind a gateway has. */
export interface GatewaySize {
  readonly listeners: number;
  readonly rules: number;
  readonly pools: number;
  readonly settings: number;
  readonly certificates: number;
  readonly redirects: number;
  readonly rewriteSets: number;
  /** Paths in the largest path map, whichever rules they are in. */
  readonly paths: number;
}

/**
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#application-gateway-limits
 * The gateway counts the paths of a map, not its rules: https://github.com/Azure/application-gateway-kubernetes-ingress/issues/1241
 */
export const GATEWAY_LIMITS: Readonly<Record<keyof GatewaySize, number>> = {
  listeners: 100,
  rules: 400,
  pools: 100,
  settings: 100,
  certificates: 100,
  redirects: 100,
  rewriteSets: 400,
  paths: 100,
};

const WORDS: Readonly<Record<keyof GatewaySize, string>> = {
  listeners: "listeners, those that redirect and those of host-name addresses included",
  rules: "routing rules",
  pools: "backend pools, one for each backend that has an address included",
  settings: "backend settings",
  certificates: "certificates",
  redirects: "redirects",
  rewriteSets: "rewrite rule sets, one for each address",
  paths:
    "paths in one path map: one for each address and each deployment that only some accounts have, and those of statefulApis",
};

/** What is too much for one gateway. */
export function gatewayLimitProblems(size: GatewaySize): string[] {
  return (Object.keys(GATEWAY_LIMITS) as (keyof GatewaySize)[])
    .filter((kind) => size[kind] > GATEWAY_LIMITS[kind])
    .map(
      (kind) =>
        `${size[kind]} ${WORDS[kind]}, are too many for a gateway, which takes ${GATEWAY_LIMITS[kind]}; leave some out, or use a second gateway`,
    );
}

import { type SimulatedGateway } from "../simulator/index.js";
import { type ForwardAction, type GatewayModel, type RouteAction, type RoutingRule } from "../synthesized/index.js";
import { type SimulatedBackend } from "./simulated-backend.js";
import { type RouteView, type RuleView, type TargetView, type Topology } from "./view.js";

export interface TopologyOptions {
  readonly model: GatewayModel;
  readonly gateway: SimulatedGateway;
  readonly backends: readonly SimulatedBackend[];
  readonly deployment: string;
  readonly probeTimeScale: number;
}

/** What is drawn: the synthesized gateway, and where each part of it is on this machine. */
export function topologyOf({ model, gateway, backends, deployment, probeTimeScale }: TopologyOptions): Topology {
  const targets = new Map(forwardActions(model).map((action) => [targetId(action), targetView(action)]));
  return {
    name: model.name,
    sku: model.sku,
    instances: gateway.instances,
    probeTimeScale,
    listeners: [...gateway.urls.values()].map(({ listener, protocol, port, hostNames, url }) => ({
      ...{ name: listener, protocol, port, hostNames, url },
    })),
    rules: model.rules.map(ruleView),
    targets: [...targets.values()],
    backends: backends.map(({ fqdn, server }) => ({
      fqdn,
      url: server.url,
      requestsPerMinute: server.rateLimit(deployment)?.requests?.perMinute,
    })),
    deployment,
    notSimulated: gateway.notSimulated,
  };
}

function ruleView({ name, priority, listener, pathRules, action }: RoutingRule): RuleView {
  const routes = pathRules.map((rule): RouteView => ({ paths: rule.paths, action: actionView(rule.action) }));
  return { name, priority, listener: listener.name, routes: [...routes, { paths: [], action: actionView(action) }] };
}

function actionView(action: RouteAction): RouteView["action"] {
  if (action.kind === "forward") return { kind: "forward", target: targetId(action) };
  const to = "url" in action.target ? action.target.url : action.target.listener.name;
  return { kind: "redirect", status: action.statusCode, to };
}

function targetView(action: ForwardAction): TargetView {
  const { pool, settings } = action;
  const { path, interval, timeout, unhealthyThreshold } = settings.probe;
  return {
    id: targetId(action),
    pool: pool.name,
    settings: settings.name,
    protocol: settings.protocol,
    port: settings.port,
    requestTimeoutSeconds: settings.requestTimeout.toSeconds(),
    members: pool.members,
    probe: {
      path,
      intervalSeconds: interval.toSeconds(),
      timeoutSeconds: timeout.toSeconds(),
      unhealthyThreshold,
    },
  };
}

function targetId({ pool, settings }: ForwardAction): string {
  return `${pool.name}/${settings.name}`;
}

function forwardActions({ rules }: GatewayModel): ForwardAction[] {
  return rules
    .flatMap(({ action, pathRules }) => [action, ...pathRules.map((rule) => rule.action)])
    .filter((action) => action.kind === "forward");
}

import { type ListenerView, type RouteView, type RuleView, type TargetView, type Topology } from "../view.js";
import { element } from "./dom.js";

/** One line between two boxes. */
export interface Wire {
  readonly id: string;
  readonly from: HTMLElement;
  readonly to: HTMLElement;
  readonly kind: "forward" | "redirect" | "past";
}

/** Backends that fit beside the gateway; more are put below it. */
const BESIDE = 4;

/** The boxes of the gateway, from the left to the right, with the lines between them. */
export class GatewayDrawing {
  readonly wires: Wire[] = [];
  readonly callers: HTMLElement;
  readonly frame: HTMLElement;
  private readonly listeners: ReadonlyMap<string, HTMLElement>;
  private readonly targets: ReadonlyMap<string, HTMLElement>;

  constructor(
    parent: HTMLElement,
    private readonly topology: Topology,
    backends: ReadonlyMap<string, HTMLElement>,
  ) {
    this.callers = element(
      "div",
      { class: "box callers" },
      element("b", {}, "Applications"),
      element("span", {}, `ask for ${topology.deployment}`),
    );
    this.listeners = new Map(topology.listeners.map((listener) => [listener.name, listenerBox(listener)]));
    this.targets = new Map(topology.targets.map((target) => [target.id, targetBox(target, topology.probeTimeScale)]));
    const rules = topology.rules.map((rule) => this.ruleBox(rule));
    const instances = `${topology.instances} instance${topology.instances === 1 ? "" : "s"}`;
    this.frame = element(
      "div",
      { class: "gateway" },
      element("h2", {}, topology.name, " ", element("small", {}, `${topology.sku}, ${instances}`)),
      column("Listeners", [...this.listeners.values()]),
      column("Rules", rules),
      column("Pool, settings, probe", [...this.targets.values()]),
    );
    parent.append(
      element("div", { class: "boxes" }, this.callers),
      this.frame,
      element("div", { class: "boxes backends" }, ...backends.values()),
    );
    parent.classList.toggle("many", backends.size > BESIDE);
    this.connect(backends);
  }

  private ruleBox(rule: RuleView): HTMLElement {
    const box = element(
      "div",
      { class: "box" },
      element("b", {}, rule.name),
      element("span", {}, `priority ${rule.priority}`),
    );
    const listener = this.listeners.get(rule.listener);
    if (listener) this.add(`listener:${rule.listener}:${rule.name}`, listener, box, "forward");
    for (const route of rule.routes) box.append(this.routeLine(rule, route, box));
    return box;
  }

  private routeLine({ name, routes }: RuleView, { paths, action }: RouteView, box: HTMLElement): HTMLElement {
    const what = paths.length > 0 ? paths.join(", ") : routes.length > 1 ? "other paths" : "all paths";
    if (action.kind === "redirect") {
      const line = element("span", { class: "route" }, `${what}: ${action.status} to ${action.to}`);
      const listener = this.listeners.get(action.to);
      if (listener) this.add(`redirect:${name}:${action.to}`, box, listener, "redirect");
      return line;
    }
    const line = element("span", { class: "route" }, what);
    const target = this.targets.get(action.target);
    // Two routes to one pool have one line.
    const id = `rule:${name}:${action.target}`;
    if (target && !this.wires.some((wire) => wire.id === id)) this.add(id, line, target, "forward");
    return line;
  }

  private connect(backends: ReadonlyMap<string, HTMLElement>): void {
    for (const [name, listener] of this.listeners) this.add(`callers:${name}`, this.callers, listener, "forward");
    for (const { id, members } of this.topology.targets) {
      const target = this.targets.get(id);
      for (const fqdn of members) {
        const backend = backends.get(fqdn);
        if (target && backend) this.add(`target:${id}:${fqdn}`, target, backend, "forward");
      }
    }
    for (const [fqdn, backend] of backends) this.add(`past:${fqdn}`, this.callers, backend, "past");
  }

  private add(id: string, from: HTMLElement, to: HTMLElement, kind: Wire["kind"]): void {
    this.wires.push({ id, from, to, kind });
  }
}

function listenerBox({ name, protocol, port, hostNames, url }: ListenerView): HTMLElement {
  return element(
    "div",
    { class: "box", "data-listener": name },
    element("b", {}, name),
    element("span", {}, `${protocol}, port ${port}`),
    element("span", {}, hostNames.length === 0 ? "any host" : hostNames.join(", ")),
    element("span", { class: "local", title: "on this machine" }, url.replace(/^https?:\/\//, "")),
  );
}

function targetBox({ pool, settings, protocol, port, members, probe, ...rest }: TargetView, scale: number) {
  const { intervalSeconds, unhealthyThreshold, path } = probe;
  const speed = scale === 1 ? "" : `, here ${scale} × as fast`;
  return element(
    "div",
    { class: "box" },
    element("b", {}, pool),
    element("span", {}, `${members.length} member${members.length === 1 ? "" : "s"}, round robin`),
    element("span", { class: "route" }, settings),
    element("span", {}, `${protocol}, port ${port}, timeout ${rest.requestTimeoutSeconds} s`),
    element("span", { class: "route probe", title: path }, `Probe ${path}`),
    element(
      "span",
      {},
      `every ${intervalSeconds} s${speed}; ${unhealthyThreshold} failure${unhealthyThreshold === 1 ? "" : "s"} take out`,
    ),
  );
}

function column(title: string, boxes: readonly HTMLElement[]): HTMLElement {
  return element("div", { class: "column" }, element("h3", {}, title), element("div", { class: "boxes" }, ...boxes));
}

import { type Hello, type Update } from "../view.js";
import { AccessLog } from "./access-log.js";
import { BackendCard } from "./backend-card.js";
import { Charts } from "./charts.js";
import { Controls } from "./controls.js";
import { element, part, setText, splitName } from "./dom.js";
import { Dots } from "./dots.js";
import { GatewayDrawing } from "./gateway-drawing.js";
import { History } from "./history.js";
import { News } from "./news.js";
import { Server } from "./server.js";
import { Wires } from "./wires.js";

/** The page of one simulated gateway, from its first message on. */
class Page {
  private readonly history = new History();
  private readonly controls: Controls;
  private readonly cards: readonly BackendCard[];
  private readonly wires: Wires;
  private readonly dots: Dots;
  private readonly charts: Charts;
  private readonly log: AccessLog;
  private readonly news: News;

  constructor({ topology, history, log }: Hello, server: Server) {
    this.cards = topology.backends.map(
      (backend, index) =>
        new BackendCard(backend, index, (condition) => {
          void server.send({ command: "condition", backend: backend.fqdn, condition });
        }),
    );
    const drawing = part("drawing");
    drawing.replaceChildren();
    const roots = new Map(topology.backends.map(({ fqdn }, index) => [fqdn, this.cards[index]?.root ?? drawing]));
    this.wires = new Wires(drawing, new GatewayDrawing(drawing, topology, roots));
    this.dots = new Dots(drawing);
    this.controls = new Controls(part("controls"), server);
    this.charts = new Charts(part("charts"), topology, this.history);
    this.log = new AccessLog(part("log"));
    this.news = new News(part("news"), topology);
    new ResizeObserver(() => this.place()).observe(drawing);
    describe(topology);
    for (const tick of history) this.history.add(tick);
    this.log.add(log);
    this.show();
  }

  update({ tick, flows, log }: Update): void {
    this.history.add(tick);
    this.log.add(log);
    this.dots.add(flows, (flow) => this.wires.route(flow));
    this.show();
  }

  private show(): void {
    const moment = this.history.moments.at(-1);
    if (moment === undefined) return;
    const { tick, backends } = moment;
    const { way } = tick.traffic;
    this.controls.show(tick.traffic, this.history.statuses);
    this.cards.forEach((card, index) => {
      const backend = tick.backends[index];
      if (backend) card.show(backend, backends[index], way);
    });
    document.body.dataset["way"] = way;
    this.wires.show(way);
    this.log.show(way);
    this.news.show(tick);
    if (!document.hidden) this.charts.draw();
  }

  private place(): void {
    this.wires.place();
    this.dots.place();
  }
}

function describe({ name, probeTimeScale, notSimulated, backends }: Hello["topology"]): void {
  document.title = `${name}, simulated`;
  setText(part("title"), name);
  setText(
    part("summary"),
    "The synthesized gateway, simulated on this machine in front of fake Azure OpenAI accounts.",
  );
  const limits = backends.flatMap(({ fqdn, requestsPerMinute }) =>
    requestsPerMinute === undefined ? [] : [`${requestsPerMinute} of ${splitName(fqdn)[0]}`],
  );
  const facts = [
    "Listeners, rules, pool, settings and probe are those of the JSON that Terraform will deploy. The accounts are fake: they answer at once with a fixed text, and nothing leaves 127.0.0.1.",
    probeTimeScale === 1
      ? "Probes run as often as on Azure."
      : `Probes run ${probeTimeScale} times as fast as on Azure; request timeouts, quotas and the client's cooldowns run in real time.`,
    limits.length === 0
      ? "The accounts have no quota."
      : `Quotas are counted in windows of 10 s, as Azure does. In requests a minute, they are ${limits.join(", ")}: what --rpm says, or else 6 for each 1,000 tokens a minute that the file gives the deployment, or else an assumption.`,
    "A moving dot is a request that has been answered: its way is the one that it took, its pace is not.",
  ];
  part("honesty").replaceChildren(
    element("h2", {}, "What is simulated"),
    element(
      "ul",
      {},
      ...[...facts, ...notSimulated.map((what) => `Not simulated: ${what}.`)].map((fact) => element("li", {}, fact)),
    ),
  );
}

let page: Page | undefined;
const connection = part("connection");
const server = new Server({
  hello: (hello) => {
    // Connected again: what was missed is in the message, and a new page shows it best.
    if (page === undefined) page = new Page(hello, server);
    else location.reload();
  },
  update: (update) => page?.update(update),
  connected: (connected) => {
    connection.dataset["state"] = connected ? "live" : "lost";
    setText(connection, connected ? "Live" : "Not connected: is aoai-lb still running?");
  },
  refused: (message) => setText(connection, `Not done: ${message}`),
});

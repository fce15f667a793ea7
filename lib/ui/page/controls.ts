import { MAXIMUM_RATE, type TrafficView, type Way } from "../view.js";
import { element, setText } from "./dom.js";
import { answersOf } from "./history.js";
import { type Server } from "./server.js";

const WAYS: readonly { readonly way: Way; readonly label: string; readonly explanation: string }[] = [
  {
    way: "gateway",
    label: "Gateway alone",
    explanation:
      "Applications know only the gateway. It takes turns among healthy backends and passes on whatever they answer: no retry, no reaction to 429.",
  },
  {
    way: "client",
    label: "With the balancing client",
    explanation:
      "The application calls the accounts itself, past the gateway. Where one throttles or fails, aoai-kiss-lb/client moves on to the next and leaves that one alone for a while.",
  },
];

/** Which way requests take, how many there are, and what callers got. */
export class Controls {
  private readonly ways: ReadonlyMap<Way, HTMLInputElement>;
  private readonly explanation = element("p", { class: "explanation" });
  private readonly toggle = element("button", { type: "button", class: "primary" }, "Stop traffic");
  private readonly slider = element("input", { type: "range", id: "rate", min: 1, max: MAXIMUM_RATE, step: 1 });
  private readonly rate = element("output", { for: "rate" });
  private readonly good = element("b", { "data-figure": "ok" });
  private readonly throttled = element("b", { "data-figure": "throttled" });
  private readonly failed = element("b", { "data-figure": "failed" });
  private readonly failures = element("small");
  private running = true;

  constructor(
    parent: HTMLElement,
    private readonly server: Server,
  ) {
    this.ways = new Map(
      WAYS.map(({ way }) => [way, element("input", { type: "radio", name: "way", value: way, id: `way-${way}` })]),
    );
    const options = WAYS.map(({ way, label }) => element("label", {}, this.ways.get(way) ?? "", label));
    parent.replaceChildren(
      element(
        "fieldset",
        { class: "ways" },
        element("legend", {}, "Requests go"),
        element("div", { class: "switch" }, ...options),
        this.explanation,
      ),
      element(
        "div",
        { class: "rate" },
        element("label", { for: "rate" }, "Rate"),
        element("div", { class: "row" }, this.slider, this.rate),
        this.toggle,
      ),
      element(
        "dl",
        { class: "outcome", "aria-label": "What callers got in the last 10 seconds" },
        figure("Answered", this.good, element("small", {}, "of the last 10 s")),
        figure("Throttled", this.throttled, element("small", {}, "status 429")),
        figure("Failed", this.failed, this.failures),
      ),
    );
    for (const [way, input] of this.ways) {
      input.addEventListener("change", () => void server.send({ command: "way", way }));
    }
    this.slider.addEventListener("input", () => this.showRate());
    this.slider.addEventListener("change", () => this.sendTraffic());
    this.toggle.addEventListener("click", () => {
      this.running = !this.running;
      this.sendTraffic();
    });
  }

  show({ running, rate, way }: TrafficView, statuses: Readonly<Record<string, number>>): void {
    this.showOutcome(statuses);
    if (this.server.isBusy) return;
    this.running = running;
    const input = this.ways.get(way);
    if (input) input.checked = true;
    setText(this.explanation, WAYS.find((each) => each.way === way)?.explanation ?? "");
    if (document.activeElement !== this.slider) this.slider.value = String(rate);
    this.showRate();
    setText(this.toggle, running ? "Stop traffic" : "Start traffic");
  }

  private showRate(): void {
    setText(this.rate, `${this.slider.value} requests/s`);
  }

  private showOutcome(statuses: Readonly<Record<string, number>>): void {
    const { ok, throttled, failed } = answersOf(statuses);
    const all = ok + throttled + failed;
    setText(this.good, all === 0 ? "–" : percent(ok / all));
    setText(this.throttled, all === 0 ? "–" : percent(throttled / all));
    setText(this.failed, all === 0 ? "–" : percent(failed / all));
    const kinds = Object.entries(statuses)
      .filter(([status]) => status !== "429" && !(Number(status) < 400))
      .map(([status, count]) => `${count} × ${status === "none" ? "no answer" : status}`);
    setText(this.failures, kinds.length === 0 ? "5xx, or no answer" : kinds.join(", "));
  }

  private sendTraffic(): void {
    void this.server.send({ command: "traffic", running: this.running, rate: Number(this.slider.value) });
  }
}

function figure(name: string, value: HTMLElement, note: HTMLElement): HTMLElement {
  return element("div", { class: name.toLowerCase() }, element("dt", {}, name), element("dd", {}, value, note));
}

/** Whole, unless that would hide a difference. */
function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 100 ? value.toFixed(1) : value} %`;
}

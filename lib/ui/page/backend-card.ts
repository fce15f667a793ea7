import { type BackendTick, type BackendView, type Condition, type Way } from "../view.js";
import { element, seriesName, setText, splitName } from "./dom.js";
import { type BackendFigures } from "./history.js";

const BUTTONS: readonly { readonly condition: Condition; readonly verb: string; readonly title: string }[] = [
  { condition: "down", verb: "Break", title: "refuses connections" },
  { condition: "throttled", verb: "Throttle", title: "answers 429" },
  { condition: "slow", verb: "Slow down", title: "answers 2 s later" },
  { condition: "up", verb: "Heal", title: "answers as usual" },
];

/** One backend: what was done to it, how gateway and client see it, and its figures. */
export class BackendCard {
  readonly root: HTMLElement;
  private readonly buttons = new Map<Condition, HTMLButtonElement>();
  private readonly condition = element("span", { class: "chip", "data-field": "condition" });
  private readonly gateway = element("dd", { "data-field": "gateway" });
  private readonly client = element("dd", { "data-field": "client" });
  private readonly share = new Meter("Share", "share");
  private readonly latency = new Meter("Latency", "latency");
  private readonly quota = new Meter("Quota left", "quota");

  constructor(
    private readonly view: BackendView,
    index: number,
    onPress: (condition: Condition) => void,
  ) {
    const [label, rest] = splitName(view.fqdn);
    const buttons = BUTTONS.map(({ condition, verb, title }) => {
      const attributes = { type: "button", title, "aria-label": `${verb} ${label}` };
      const button = element("button", attributes, verb);
      button.addEventListener("click", () => onPress(condition));
      this.buttons.set(condition, button);
      return button;
    });
    this.root = element(
      "article",
      { class: `backend ${seriesName(index)}`, "data-backend": view.fqdn, "aria-label": label },
      element(
        "h3",
        { title: `${view.fqdn}, here ${view.url}` },
        element("i", { class: "swatch" }),
        element("span", { class: "name" }, label, element("small", {}, rest)),
        this.condition,
      ),
      element(
        "dl",
        { class: "views" },
        element("div", {}, element("dt", {}, "Gateway"), this.gateway),
        element("div", {}, element("dt", {}, "Client"), this.client),
      ),
      element("div", { class: "meters" }, this.share.root, this.latency.root, this.quota.root),
      element("div", { class: "buttons", role: "group", "aria-label": `What to do to ${label}` }, ...buttons),
    );
  }

  show(tick: BackendTick, figures: BackendFigures | undefined, way: Way): void {
    const { condition } = tick;
    this.root.dataset["condition"] = condition;
    setText(this.condition, CONDITIONS[condition]);
    for (const [name, button] of this.buttons) {
      // Healing is done, not in force.
      if (name !== "up") button.setAttribute("aria-pressed", String(name === condition));
    }
    this.root.dataset["way"] = way;
    const seen = gatewayWords(tick);
    setText(this.gateway, seen.text);
    this.gateway.dataset["level"] = seen.level;
    const client = clientWords(tick);
    setText(this.client, client.text);
    this.client.dataset["level"] = client.level;
    this.showFigures(figures);
  }

  private showFigures(figures: BackendFigures | undefined): void {
    const { share = null, latency = null, quotaLeft = null } = figures ?? {};
    this.share.show(share === null ? "–" : `${share.toFixed(0)} %`, share ?? 0);
    // The meter is full at what a slowed backend takes.
    this.latency.show(latency === null ? "–" : `${latency.toLocaleString("en")} ms`, ((latency ?? 0) / 2_000) * 100);
    const limit = this.view.requestsPerMinute;
    if (limit !== undefined) this.quota.root.title = `of ${limit} requests a minute`;
    this.quota.show(quotaLeft === null ? "no limit" : `${quotaLeft.toFixed(0)} %`, quotaLeft ?? 100);
  }
}

const CONDITIONS: Readonly<Record<Condition, string>> = {
  up: "up",
  slow: "slow",
  throttled: "throttled",
  down: "down",
};

class Meter {
  readonly root: HTMLElement;
  private readonly value = element("b");
  private readonly bar = element("i", { class: "bar" });

  constructor(name: string, field: string) {
    this.value.dataset["field"] = field;
    this.root = element("div", { class: "meter" }, element("span", {}, name), this.value, this.bar);
  }

  show(text: string, percent: number): void {
    setText(this.value, text);
    this.bar.style.setProperty("--filled", `${Math.min(100, Math.max(0, percent)).toFixed(1)}%`);
  }
}

interface Words {
  readonly text: string;
  readonly level: "good" | "bad" | "idle";
}

/** Azure's word, and on how many of the instances where they differ. */
function gatewayWords({ health, reason }: BackendTick): Words {
  if (health.length === 0) return { text: "no rule leads here", level: "idle" };
  const healthy = health.filter((each) => each === "Healthy").length;
  if (healthy === health.length) return { text: "Healthy", level: "good" };
  const some = healthy === 0 ? "Unhealthy" : `Unhealthy to ${health.length - healthy} of ${health.length}`;
  return { text: `${some}: ${reason}`, level: "bad" };
}

function clientWords({ client }: BackendTick): Words {
  if (client === undefined) return { text: "not called", level: "idle" };
  if (client.status === "available") return { text: "available", level: "good" };
  if (client.status === "half-open") return { text: "tried again with one request", level: "bad" };
  const seconds = Math.ceil(client.cooldownMilliseconds / 1_000);
  return { text: `cooldown, ${seconds} s (${client.reason ?? ""})`, level: "bad" };
}

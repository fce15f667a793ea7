import { LOG_LINES, type LogLine, type Way } from "../view.js";
import { element, setText, splitName } from "./dom.js";
import { kindOf } from "./history.js";

const COLUMNS = ["Time", "Instance", "Request", "Listener → rule", "Backend", "Status", "Time taken", "Error"];

/** The gateway's access log, newest first. */
export class AccessLog {
  private readonly body = element("tbody");
  private readonly note = element("p", { class: "note" });
  private readonly pause = element("button", { type: "button", "aria-pressed": "false" }, "Pause");
  private isPaused = false;

  constructor(parent: HTMLElement) {
    const head = element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col" }, name)));
    parent.replaceChildren(
      element("div", { class: "row" }, element("h2", {}, "Access log"), this.note, this.pause),
      element(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "Lines of the access log, newest first" },
        element("table", {}, element("thead", {}, head), this.body),
      ),
    );
    this.pause.addEventListener("click", () => {
      this.isPaused = !this.isPaused;
      this.pause.setAttribute("aria-pressed", String(this.isPaused));
    });
  }

  clear(): void {
    this.body.replaceChildren();
  }

  /** @param lines oldest first */
  add(lines: readonly LogLine[]): void {
    if (this.isPaused) return;
    this.body.prepend(...lines.map(row).reverse());
    while (this.body.rows.length > LOG_LINES) this.body.lastChild?.remove();
  }

  show(way: Way): void {
    setText(
      this.note,
      way === "client"
        ? "Nothing new here: the balancing client's requests do not pass the gateway."
        : `The last ${LOG_LINES} requests, whoever sent them; columns of AGWAccessLogs.`,
    );
  }
}

function row(line: LogLine): HTMLTableRowElement {
  const { time, instance, request, listener, rule, backend, status, milliseconds, error } = line;
  const cells = [
    time.slice(11, 23),
    instance,
    request,
    rule === "" ? "–" : `${listener} → ${rule}`,
    backend === "" ? "–" : splitName(backend)[0],
    String(status),
    `${milliseconds} ms`,
    error === "ERRORINFO_NO_ERROR" ? "" : error,
  ];
  return element("tr", { class: kindOf(status) }, ...cells.map((text) => element("td", {}, text)));
}

import { type Hello, type PageCommand, type Update } from "../view.js";

export interface Listener {
  readonly hello: (hello: Hello) => void;
  readonly update: (update: Update) => void;
  readonly connected: (connected: boolean) => void;
  readonly refused: (message: string) => void;
}

/** The other end: its events come in, commands go out. */
export class Server {
  private pending = 0;

  constructor(private readonly listener: Listener) {
    const events = new EventSource("events");
    events.addEventListener("open", () => listener.connected(true));
    events.addEventListener("error", () => listener.connected(false));
    events.addEventListener("hello", ({ data }) => listener.hello(JSON.parse(String(data)) as Hello));
    events.addEventListener("update", ({ data }) => listener.update(JSON.parse(String(data)) as Update));
  }

  /** Whether a command is on its way: what the server says meanwhile may be from before it. */
  get isBusy(): boolean {
    return this.pending > 0;
  }

  async send(command: PageCommand): Promise<void> {
    this.pending += 1;
    try {
      const response = await fetch("commands", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(command),
      });
      if (!response.ok) this.listener.refused(await response.text());
    } catch {
      this.listener.connected(false);
    } finally {
      this.pending -= 1;
    }
  }
}

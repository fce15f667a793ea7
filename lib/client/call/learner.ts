import { type Holders } from "../endpoints/holders.js";
import { type JsonScanner } from "../request/json-scanner.js";
import { referenceScanner } from "../request/references.js";
import { type Tap } from "./held-body.js";

/**
 * Learns what an account holds from its answer while it passes, in constant memory: from a whole JSON body, or from the
 * data of all events of a stream.
 */
export function learner(holders: Holders, account: string, isEventStream: boolean): Tap {
  const decoder = new TextDecoder();
  const json = referenceScanner((reference) => holders.remember(reference, account));
  const scanner = isEventStream ? new EventLines(json) : json;
  return (chunk) => scanner.scan(decoder.decode(chunk, { stream: true }));
}

/** The lines of an event stream: those with data are JSON, which begins anew with each event. */
class EventLines {
  /** What of the field's name has come so far; undefined once it is known whether the line has data. */
  private name: string | undefined = "";
  private isData = false;

  constructor(private readonly scanner: JsonScanner) {}

  scan(text: string): void {
    for (let at = 0; at < text.length;) {
      const newline = text.indexOf("\n", at);
      const end = newline < 0 ? text.length : newline;
      at = this.scanLine(text, at, end);
      if (newline < 0) return;
      at = newline + 1;
      // An empty line ends the event.
      if (this.name === "" || this.name === "\r") this.scanner.reset();
      this.name = "";
      this.isData = false;
    }
  }

  private scanLine(text: string, from: number, to: number): number {
    let at = from;
    if (this.name !== undefined) {
      const missing = DATA.length - this.name.length;
      this.name += text.slice(at, Math.min(at + missing, to));
      at = Math.min(at + missing, to);
      if (this.name.length < DATA.length) return at;
      this.isData = this.name === DATA;
      this.name = undefined;
    }
    if (this.isData) this.scanner.scan(text, at, to);
    return to;
  }
}

const DATA = "data:";

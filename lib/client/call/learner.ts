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
  // Each piece by itself, which is much faster: what is learned is ASCII, so a character that two of them share is none of it.
  return (chunk) => scanner.scan(decoder.decode(chunk));
}

/**
 * The lines of an event stream: those with data are JSON, which begins anew with each event. Deltas are passed over: they
 * are most of a stream, and name only what the event before them has named.
 */
class EventLines {
  /** The line's beginning, as far as it is needed; complete with {@link FIELD_LENGTH} characters. */
  private field = "";
  private event = "";

  constructor(private readonly scanner: JsonScanner) {}

  scan(text: string): void {
    for (let at = 0; at < text.length;) {
      const newline = text.indexOf("\n", at);
      const end = newline < 0 ? text.length : newline;
      const missing = FIELD_LENGTH - this.field.length;
      const start = Math.min(at + missing, end);
      this.field += text.slice(at, start);
      if (this.field.length === FIELD_LENGTH) this.rest(text, missing === 0 ? at : start - 1, end);
      if (newline < 0) return;
      at = newline + 1;
      // An empty line ends the event.
      if (this.field === "" || this.field === "\r") {
        this.scanner.reset();
        this.event = "";
      }
      this.event = this.event.trimEnd();
      this.field = "";
    }
  }

  /** @param from the last character of the field's beginning, or what comes later. */
  private rest(text: string, from: number, end: number): void {
    if (this.field.startsWith("data:")) {
      if (!this.event.endsWith("delta")) this.scanner.scan(text, from, end);
    } else if (this.field.startsWith("event")) {
      this.event += text.slice(from, end);
    }
  }
}

/** Of `data:` and `event:`, with one more or none. */
const FIELD_LENGTH = 6;

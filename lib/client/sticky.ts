import { findJsonField, jsonStringField } from "./json-field.js";

/** How many ids are remembered; the ones not used for longest go first. */
export const MAX_STICKY_IDS = 10_000;

/** No more of a response than this is searched for ids. */
const MAX_SEARCHED_CHARACTERS = 1_000_000;

/**
 * Responses, stored chats, files, threads, vector stores, batches and videos live on the account that made them.
 * This remembers which endpoint that was, by the ids that it has answered with and those that it was found to hold.
 */
export class StickyIds<E> {
  private readonly endpoints = new Map<string, E>();

  constructor(private readonly capacity: number = MAX_STICKY_IDS) {}

  get size(): number {
    return this.endpoints.size;
  }

  /** The endpoint of the first of the ids that is known. */
  endpointOf(ids: Iterable<string>): E | undefined {
    for (const id of ids) {
      const endpoint = this.endpoints.get(id);
      if (endpoint === undefined) continue;
      this.remember(id, endpoint);
      return endpoint;
    }
    return undefined;
  }

  /** @param id one that is longer than ids are is not kept. */
  remember(id: string, endpoint: E): void {
    if (id.length > LONGEST_ID) return;
    this.endpoints.delete(id);
    this.endpoints.set(id, endpoint);
    if (this.endpoints.size <= this.capacity) return;
    for (const oldest of this.endpoints.keys()) {
      this.endpoints.delete(oldest);
      return;
    }
  }

  /**
   * Remembers the ids in a response's JSON or event stream, as it arrives.
   *
   * @returns the response for the caller to read: a clone. Were the clone read here, an abort that finds the caller's
   *   body unread would end the process: undici cancels the original's body then, and drops what that rejects with.
   */
  learn(response: Response, endpoint: E): Response {
    const { body, ok, headers } = response;
    const type = headers.get("content-type") ?? "";
    if (!ok || body === null || body.locked || response.bodyUsed || !/json|event-stream/.test(type)) return response;
    const callers = response.clone();
    void this.read(response, type.includes("event-stream") ? END_OF_EVENT : undefined, endpoint);
    return callers;
  }

  /** @param end what ends the search. */
  private async read({ body }: Response, end: RegExp | undefined, endpoint: E): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    let searched = 0;
    try {
      const reader = body?.getReader();
      while (reader !== undefined && searched < MAX_SEARCHED_CHARACTERS) {
        const { done, value } = await reader.read();
        if (done) return;
        text += decoder.decode(value, { stream: true });
        let after = 0;
        for (const match of text.matchAll(ID_FIELD)) {
          this.remember(match[1] ?? "", endpoint);
          after = match.index + match[0].length;
        }
        if (end?.test(text) === true) break;
        searched += value.byteLength;
        // The head of an id may stand at the end of a chunk.
        text = text.slice(Math.max(after, text.length - LONGEST_ID_FIELD));
      }
      await reader?.cancel();
    } catch {
      // It broke off, or the caller left: the caller's copy tells.
    }
  }
}

/**
 * An event stream names what it is about in its first event; the rest is the caller's alone. Azure's chats begin with an
 * event of the content filter, whose id is empty.
 */
const END_OF_EVENT = /data:(?![^\n]*"id"\s*:\s*"")[^]*?\r?\n\r?\n/;
const LONGEST_ID = 256;
const LONGEST_ID_FIELD = 300;
const ID =
  "(?:resp|chatcmpl|video|char|task|gen|file|assistant|thread|run|vs|batch|asst|conv|upload|ftjob|cntr|eval|msg)[_-][\\w-]{1,250}";
const ID_FIELD = new RegExp(`"(?:id|output_file_id|error_file_id|container_id)"\\s*:\\s*"(${ID})"`, "g");
const QUOTED_ID = new RegExp(`"(${ID})"`, "g");

/** The ids of stored things that a JSON text refers to, such as `previous_response_id` or a file. */
export function idsIn(json: string): string[] {
  return Array.from(json.matchAll(QUOTED_ID), (match) => match[1] ?? "");
}

/**
 * Fields without whose thing a request means nothing; the thing is named by its id, or is an object with one, which
 * is `video[id]` in a form.
 */
const SUBJECTS = [
  "previous_response_id",
  "conversation",
  "input_file_id",
  "training_file",
  "assistant_id",
  "video",
  "video[id]",
] as const;

/** The id of the stored thing that a JSON text is about. */
export function subjectIn(json: string): string | undefined {
  for (const name of SUBJECTS) {
    const field = findJsonField(json, name);
    const id = field && (jsonStringField(json, name) ?? jsonStringField(json.slice(field.start, field.end), "id"));
    if (id !== undefined) return id;
  }
  return undefined;
}

const STATEFUL =
  /^(responses|files|uploads|batches|threads|assistants|vector_stores|conversations|containers|evals|videos(?:\/characters)?|video\/generations(?:\/jobs)?|fine_tuning\/jobs|chat\/completions(?=\/))(?:\/([^/]+))?/;
/** What stands where an id would, but is none. */
const NO_IDS = new Set(["compact", "input_tokens", "runs", "edits", "extensions", "import"]);

/**
 * @param resource the path after `/openai/v1/`.
 * @returns undefined for a call that has nothing to do with stored things; else the id in its path, if any.
 */
export function statefulPath(resource: string): { readonly id: string | undefined } | undefined {
  const match = STATEFUL.exec(resource);
  if (match === null) return undefined;
  const id = match[2];
  return { id: id === undefined || NO_IDS.has(id) ? undefined : id };
}

/** An item of the Responses API, in or out: a message, a function call, its output, reasoning. */
export interface Item {
  readonly id?: string | null;
  readonly type?: string | null;
  readonly [field: string]: unknown;
}

export type StoredItem = Item & { readonly id: string };

/** What a response stored: its input items, its output, and the response that it continued. */
export interface StoredResponse {
  readonly response: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly input: readonly StoredItem[];
  readonly output: readonly StoredItem[];
  readonly previous: StoredResponse | undefined;
}

export interface Conversation {
  readonly object: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly items: StoredItem[];
}

const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg",
  reasoning: "rs",
  function_call: "fc",
  function_call_output: "fco",
};

/** How the ids of items of this type begin. An item without a type is a message. */
export function idPrefixOf({ type }: Item): string {
  return PREFIXES[type ?? "message"] ?? "item";
}

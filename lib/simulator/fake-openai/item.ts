/** An item of the Responses API, in or out: a message, a function call, its output, reasoning. */
export interface Item {
  readonly id?: string | null;
  readonly type?: string | null;
  readonly [field: string]: unknown;
}

export type StoredItem = Item & { readonly id: string };

/** A response with its items; what it continued is in its `previous_response_id`. */
export interface StoredResponse {
  readonly response: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly previous_response_id: string | null;
  };
  readonly input: readonly StoredItem[];
  readonly output: readonly StoredItem[];
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

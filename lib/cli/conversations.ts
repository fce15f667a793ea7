import { createLoadBalancedFetch, type EndpointOptions, type FetchFunction } from "../client/index.js";

/** The turns of a conversation, each of which refers to what the one before it left on its account. */
const TURNS = 3;

/** How an agent keeps its conversation: stored on the account, or as reasoning that only the account can decrypt. */
const STORAGES = ["stored", "encrypted"] as const;
type Storage = (typeof STORAGES)[number];

export interface ConversationsOptions {
  /** The gateway's URL, or that of one of its addresses. */
  readonly url: string;
  readonly model: string;
  readonly token: string;
  readonly fetch: FetchFunction;
  readonly count: number;
  readonly signal: AbortSignal;
}

/** What became of several conversations. */
export interface ConversationsReport {
  readonly count: number;
  /** Those that reached their end. */
  readonly held: number;
  /** Why the others did not, with how many of each. */
  readonly refusals: ReadonlyMap<string, number>;
}

interface Answer {
  readonly id: string;
  readonly output: readonly object[];
}

/** Holds conversations one after another, half of them stored, half with encrypted reasoning. */
export async function converse(options: ConversationsOptions): Promise<ConversationsReport> {
  const refusals = new Map<string, number>();
  for (let at = 0; at < options.count; at += 1) {
    const refusal = await refusalOf(options, STORAGES[at % STORAGES.length] ?? "stored");
    if (refusal !== undefined) refusals.set(refusal, (refusals.get(refusal) ?? 0) + 1);
  }
  const broken = [...refusals.values()].reduce((sum, count) => sum + count, 0);
  return { count: options.count, held: options.count - broken, refusals };
}

/** A `fetch` that keeps each conversation on the account that it began on. */
export function balancedOver(
  endpoints: readonly Pick<EndpointOptions, "name" | "url">[],
  { token, fetch }: Pick<ConversationsOptions, "token" | "fetch">,
): FetchFunction {
  const tokenProvider = () => Promise.resolve(token);
  return createLoadBalancedFetch({ endpoints: endpoints.map((each) => ({ ...each, tokenProvider })), fetch });
}

/** @returns the first answer that is none, as its status and code */
async function refusalOf(options: ConversationsOptions, storage: Storage): Promise<string | undefined> {
  const { url, model, token, fetch, signal } = options;
  let sofar: readonly object[] = [];
  let previous: string | undefined;
  for (let turn = 1; turn <= TURNS; turn += 1) {
    const said = { role: "user", content: `Turn ${turn}` };
    const body =
      storage === "stored"
        ? { model, input: [said], ...(previous !== undefined && { previous_response_id: previous }) }
        : { model, input: [...sofar, said], store: false, include: ["reasoning.encrypted_content"] };
    const response = await fetch(`${url}/openai/v1/responses`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) return `${response.status} ${await codeOf(response)}`;
    const { id, output } = (await response.json()) as Answer;
    previous = id;
    sofar = [...sofar, said, ...output];
  }
  return undefined;
}

async function codeOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { readonly error?: { readonly code?: string | null } };
  return error?.code ?? "without a code";
}

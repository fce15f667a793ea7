import { errorName } from "./event-stream.js";
import { type FetchResponse } from "./connections.js";
import { printable } from "./label.js";

/** What an answer other than 2xx tells about why. */
export interface Refusal {
  /** The code of its error, if its body is JSON with one. */
  readonly code: string | undefined;
  /** Where a redirect leads. */
  readonly location: string | undefined;
  /** Whether the gateway itself answered, rather than an account behind it. */
  readonly fromGateway: boolean;
}

/** How much of a body is looked at: an error is shorter. */
const MOST_CHARACTERS = 16_384;

/** Reads the answer to its end. */
export async function readRefusal({ headers, body }: FetchResponse): Promise<Refusal> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    if (text.length < MOST_CHARACTERS) text += decoder.decode(chunk, { stream: true });
  }
  const location = headers.get("location");
  return {
    code: codeOf(text),
    location: location === null ? undefined : printable(location),
    // Its own answers say so in their Server header and at the foot of their pages.
    fromGateway: /Microsoft-Azure-Application-Gateway/.test(`${headers.get("server") ?? ""} ${text.slice(0, 2_000)}`),
  };
}

function codeOf(text: string): string | undefined {
  try {
    const { error }: { error?: unknown } = { ...(JSON.parse(text) as object) };
    return error === undefined || error === null ? undefined : printable(errorName(error), 60);
  } catch {
    return undefined;
  }
}

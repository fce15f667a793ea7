export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

/** The model is sure of what it writes: each token has the probability 1, and alternatives of next to none. */
export function tokenLogprobs(tokens: readonly string[], alternatives: number) {
  return tokens.map((token) => ({
    ...logprobOf(token, 0),
    top_logprobs: Array.from({ length: alternatives }, (_, rank) =>
      rank === 0 ? logprobOf(token, 0) : logprobOf(`${token}${rank}`, UNLIKELY),
    ),
  }));
}

/** As chat completions carry them. */
export function logprobsOf(tokens: readonly string[], alternatives: number) {
  return { content: tokenLogprobs(tokens, alternatives), refusal: null };
}

/** What OpenAI's models say of a token that is out of the question. */
const UNLIKELY = -9999;

function logprobOf(token: string, logprob: number): TokenLogprob {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}

import { dataFrame, type EventsAnswer } from "../answer.js";
import { logprobsOf } from "../logprobs.js";
import { streamedError } from "../stream-failure.js";
import { type WrittenText } from "../text.js";
import { type ToolCall } from "../tool-call.js";

/** An answer of a chat completion; every choice is alike. */
export interface ChatAnswer {
  readonly common: { readonly id: string; readonly created: number; readonly model: string };
  readonly choices: number;
  readonly written: WrittenText;
  readonly call: ToolCall | undefined;
  readonly finishReason: string;
  /** How many alternatives each token has; undefined where the caller asked for no log probabilities. */
  readonly topLogprobs: number | undefined;
  readonly usage: unknown;
}

/** Azure's own first chunk, which OpenAI does not send: no choices, empty strings, the prompt's filter results. */
const FILTER_FRAME = dataFrame({
  choices: [],
  created: 0,
  id: "",
  model: "",
  object: "",
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
});

/** The choices' chunks alternate, as they do where models write side by side. */
export function chatStream(answer: ChatAnswer, withUsage: boolean): EventsAnswer {
  const { common, choices, written, call, finishReason, topLogprobs, usage } = answer;
  const object = "chat.completion.chunk";
  const chunks = (delta: unknown, finish: string | null = null, token?: string): string[] =>
    Array.from({ length: choices }, (_, index) => {
      const logprobs = topLogprobs === undefined || token === undefined ? null : logprobsOf([token], topLogprobs);
      const choice = { index, delta, logprobs, finish_reason: finish, content_filter_results: {} };
      return dataFrame({ ...common, object, choices: [choice], ...(withUsage ? { usage: null } : {}) });
    });
  return {
    kind: "events",
    frames: [
      FILTER_FRAME,
      ...chunks({ role: "assistant", content: call === undefined ? "" : null, refusal: null }),
      ...(call === undefined ? [] : callDeltas(call).flatMap((delta) => chunks(delta))),
      ...written.tokens.flatMap((content) => chunks({ content }, null, content)),
      ...chunks({}, finishReason),
      ...(withUsage ? [dataFrame({ ...common, object, choices: [], usage })] : []),
      "data: [DONE]\n\n",
    ],
    framesBeforeFailure: 0,
    failure: (failure) => [dataFrame({ error: streamedError(failure) })],
  };
}

function callDeltas({ id, name, arguments: text }: ToolCall): unknown[] {
  return [
    { tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: text } }] },
  ];
}

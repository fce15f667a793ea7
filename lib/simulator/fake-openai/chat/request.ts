import { z } from "zod";

/** As many answers as one request may ask for. */
const MAX_ANSWERS = 128;
const MAX_TOP_LOGPROBS = 20;

/** The body of a chat completion, as far as the answer depends on it. */
export const CHAT_REQUEST = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  n: z.int().positive().max(MAX_ANSWERS).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().nonnegative().max(MAX_TOP_LOGPROBS).nullish(),
  tools: z
    .array(
      z.looseObject({ function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }).optional() }),
    )
    .nullish(),
  tool_choice: z.unknown().optional(),
  response_format: z
    .looseObject({
      type: z.string().optional(),
      json_schema: z.looseObject({ schema: z.unknown().optional() }).optional(),
    })
    .nullish(),
});

export type ChatRequest = z.infer<typeof CHAT_REQUEST>;

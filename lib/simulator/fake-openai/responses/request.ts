import { z } from "zod";

const MAX_TOP_LOGPROBS = 20;

/** The body of `POST /responses`, as far as the answer depends on it. */
export const RESPONSE_REQUEST = z.looseObject({
  input: z
    .union([z.string(), z.array(z.looseObject({ id: z.string().nullish(), type: z.string().nullish() }))])
    .optional(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  include: z.array(z.string()).nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
  max_output_tokens: z.int().positive().nullish(),
  top_logprobs: z.int().nonnegative().max(MAX_TOP_LOGPROBS).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  tools: z
    .array(z.looseObject({ type: z.string(), name: z.string().optional(), parameters: z.unknown().optional() }))
    .nullish(),
  tool_choice: z.unknown().optional(),
  text: z
    .looseObject({ format: z.looseObject({ type: z.string().optional(), schema: z.unknown().optional() }).optional() })
    .nullish(),
});

export type ResponseRequest = z.infer<typeof RESPONSE_REQUEST>;

import { z } from "zod";
import { type Answer, jsonAnswer } from "../answer.js";
import { type ModelRequest, parseBody } from "../operation.js";
import { countTokens } from "../text.js";

/** Of `text-embedding-3-large`. */
const MAX_DIMENSIONS = 3_072;
const DEFAULT_DIMENSIONS = 8;
const REQUEST = z.looseObject({
  input: z.union([z.string(), z.array(z.unknown()).min(1)]),
  dimensions: z.int().positive().max(MAX_DIMENSIONS).nullish(),
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

/** A unit vector for each input, the same for the same text. */
export function embeddings({ deployment, body }: ModelRequest): Answer {
  const { input, dimensions, encoding_format: format } = parseBody(REQUEST, body);
  // A list of numbers is one input in tokens; a list of anything else is several inputs.
  const inputs = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  const data = inputs.map((one, index) => {
    const vector = vectorOf(JSON.stringify(one), dimensions ?? DEFAULT_DIMENSIONS);
    const embedding = format === "base64" ? Buffer.from(vector.buffer).toString("base64") : [...vector];
    return { object: "embedding", index, embedding };
  });
  const tokens = countTokens(input);
  return jsonAnswer({
    object: "list",
    data,
    model: deployment.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let i = 0; i < text.length; i += 1) vector[i % dimensions] = (vector[i % dimensions] ?? 0) + text.charCodeAt(i);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

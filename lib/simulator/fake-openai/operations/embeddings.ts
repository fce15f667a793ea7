import { z } from "zod";
import { type Answer, jsonAnswer } from "../answer.js";
import { type ModelRequest, parseBody } from "../operation.js";
import { ServiceError } from "../service-error.js";
import { countTokens } from "../text.js";

const DEFAULT_WIDTH = 1_536;
const WIDTHS: Readonly<Record<string, number>> = { "text-embedding-3-large": 3_072 };
/** Has no `dimensions`. */
const FIXED_WIDTH = "text-embedding-ada-002";
/** More inputs than this are refused. */
const MAX_INPUTS = 2_048;
const TOKENS = z.array(z.int().nonnegative()).min(1);
const REQUEST = z.looseObject({
  input: z.union([z.string().min(1), TOKENS, z.array(z.union([z.string().min(1), TOKENS])).min(1)]),
  dimensions: z.int().positive().nullish(),
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

/** A unit vector for each input, the same for the same text. */
export function embeddings({ deployment, body }: ModelRequest): Answer {
  const { input, dimensions, encoding_format: format } = parseBody(REQUEST, body);
  // A list of numbers is one input in tokens; a list of anything else is several inputs.
  const inputs = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  if (inputs.length > MAX_INPUTS) {
    throw ServiceError.invalidRequest(`Invalid 'input': at most ${MAX_INPUTS} inputs; got ${inputs.length}.`, "input");
  }
  const width = widthOf(deployment.model, dimensions ?? undefined);
  const data = inputs.map((one, index) => {
    const vector = vectorOf(JSON.stringify(one), width);
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

function widthOf(model: string, dimensions: number | undefined): number {
  const width = WIDTHS[model] ?? DEFAULT_WIDTH;
  if (dimensions === undefined) return width;
  if (model === FIXED_WIDTH) {
    throw ServiceError.invalidRequest("This model does not support specifying dimensions.", "dimensions");
  }
  if (dimensions <= width) return dimensions;
  const message = `Invalid value for 'dimensions': at most ${width} for this model; got ${dimensions}.`;
  throw ServiceError.invalidRequest(message, "dimensions", "invalid_value");
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let i = 0; i < text.length; i += 1) vector[i % dimensions] = (vector[i % dimensions] ?? 0) + text.charCodeAt(i);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

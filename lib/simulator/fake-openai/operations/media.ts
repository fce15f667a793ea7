import { z } from "zod";
import { type Answer, jsonAnswer } from "../answer.js";
import { type ModelRequest, parseBody } from "../operation.js";
import { ServiceError } from "../service-error.js";

const MAX_IMAGES = 10;
const IMAGE_REQUEST = z.looseObject({ prompt: z.string(), n: z.int().positive().max(MAX_IMAGES).nullish() });
/** A transparent image of one pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

export function imageGenerations({ account, body }: ModelRequest): Answer {
  const { n } = parseBody(IMAGE_REQUEST, body);
  const data = Array.from({ length: n ?? 1 }, () => ({ b64_json: PIXEL }));
  return jsonAnswer({ created: account.nowSeconds(), data });
}

export function audioTranscriptions({ account, uploads }: ModelRequest): Answer {
  if (uploads["file"] === undefined) {
    throw ServiceError.invalidRequest("Missing required parameter: 'file'.", "file", "missing_required_parameter");
  }
  return jsonAnswer({ text: account.reply });
}

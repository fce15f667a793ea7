import { type IncomingMessage } from "node:http";
import { type Upload } from "./operation.js";
import { ServiceError } from "./service-error.js";

/** A request's body as the operations take it. */
export interface ParsedBody {
  readonly body: Readonly<Record<string, unknown>>;
  readonly uploads: Readonly<Record<string, Upload>>;
}

const EMPTY: ParsedBody = { body: {}, uploads: {} };

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** @throws ServiceError 400 for a body that is not what its content type says */
export async function parseRequestBody(contentType: string | undefined, bytes: Buffer): Promise<ParsedBody> {
  if (bytes.length === 0) return EMPTY;
  if (contentType?.startsWith("multipart/form-data")) return parseForm(contentType, bytes);
  const body = parseJson(bytes);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return { body: { ...body }, uploads: {} };
  throw ServiceError.invalidRequest("We could not parse the JSON body of your request.");
}

/** Undefined for what is no JSON, or is nested too deep. */
export function parseJson(bytes: Buffer): unknown {
  if (depthOf(bytes) > MAX_DEPTH) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** How deep brackets are nested in a JSON text, without a call for each: what is deeper would use up the stack later. */
function depthOf(json: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (inString && character === BACKSLASH) at += 1;
    else if (character === QUOTE) inString = !inString;
    else if (inString) continue;
    else if (character === OPEN_BRACKET || character === OPEN_BRACE) deepest = Math.max(deepest, (depth += 1));
    else if (character === CLOSE_BRACKET || character === CLOSE_BRACE) depth -= 1;
  }
  return deepest;
}

const MAX_DEPTH = 200;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

async function parseForm(contentType: string, bytes: Buffer): Promise<ParsedBody> {
  const body: Record<string, unknown> = {};
  const uploads: Record<string, Upload> = {};
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
  } catch {
    throw ServiceError.invalidRequest("We could not parse the multipart form of your request.");
  }
  for (const [name, value] of form.entries()) {
    if (typeof value === "string") body[name] = value;
    else uploads[name] = { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) };
  }
  return { body, uploads };
}

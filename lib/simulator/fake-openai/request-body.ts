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
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { body: { ...body }, uploads: {} };
  } catch {
    // Falls through: text that is no JSON gets the same answer as JSON that is no object.
  }
  throw ServiceError.invalidRequest("We could not parse the JSON body of your request.");
}

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

import { type IncomingHttpHeaders } from "node:http";
import { type z } from "zod";
import { type Account, type Deployment } from "./account.js";
import { type Answer } from "./answer.js";
import { type OperationName } from "./route.js";
import { ServiceError } from "./service-error.js";

/** A request that was let in, as the operations see it. */
export interface OperationRequest {
  readonly account: Account;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The path behind the operation's name. */
  readonly rest: readonly string[];
  /** The parsed JSON, or the form's fields, of a body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Files of a multipart form by their field. */
  readonly uploads: Readonly<Record<string, Upload>>;
}

export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A request to an operation that runs a model. */
export interface ModelRequest extends OperationRequest {
  readonly deployment: Deployment;
}

export type Operation = (request: OperationRequest) => Answer;
export type ModelOperation = (request: ModelRequest) => Answer;

/** As Azure names the operations in the message of a 429. */
export const OPERATION_IDS: Readonly<Record<OperationName, string>> = {
  "chat/completions": "ChatCompletions_Create",
  embeddings: "Embeddings_Create",
  "images/generations": "ImageGenerations_Create",
  "audio/transcriptions": "Transcriptions_Create",
  responses: "Responses_Create",
  conversations: "Conversations_Create",
  models: "Models_List",
  files: "Files_List",
  messages: "Messages_Create",
};

/** @throws ServiceError 400 that names the first field that is wrong */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue?.path.join(".") ?? "";
  if (issue?.code === "invalid_type" && issue.input === undefined) {
    throw ServiceError.invalidRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
  }
  throw ServiceError.invalidRequest(
    `Invalid value for '${param}': ${issue?.message ?? "not accepted"}.`,
    param,
    "invalid_value",
  );
}

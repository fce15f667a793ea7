import { randomUUID } from "node:crypto";
import { type StoredFile } from "../account.js";
import { type Answer, jsonAnswer } from "../answer.js";
import { type OperationRequest } from "../operation.js";
import { ServiceError } from "../service-error.js";

/** Files live on the account that took the upload; every other one answers 404. */
export function files(request: OperationRequest): Answer {
  const { account, method, rest } = request;
  const [id, part, ...more] = rest;
  if (more.length > 0) throw ServiceError.resourceNotFound();
  if (id === undefined) {
    if (method === "POST") return upload(request);
    if (method === "GET") return jsonAnswer({ object: "list", data: account.files.values.map((file) => file.object) });
    throw ServiceError.resourceNotFound();
  }
  const file = storedFile(request, id);
  if (method === "GET" && part === undefined) return jsonAnswer(file.object);
  if (method === "GET" && part === "content") {
    return { kind: "bytes", contentType: "application/octet-stream", bytes: file.bytes };
  }
  if (method === "DELETE" && part === undefined) {
    account.files.delete(id);
    return jsonAnswer({ id, object: "file", deleted: true });
  }
  throw ServiceError.resourceNotFound();
}

function upload({ account, body, uploads }: OperationRequest): Answer {
  const file = uploads["file"];
  const purpose = body["purpose"];
  for (const [name, value] of Object.entries({ file, purpose })) {
    if (value !== undefined) continue;
    throw ServiceError.invalidRequest(`Missing required parameter: '${name}'.`, name, "missing_required_parameter");
  }
  const bytes = file?.bytes ?? new Uint8Array();
  const object = {
    id: `file-${randomUUID().replaceAll("-", "")}`,
    object: "file",
    bytes: bytes.length,
    created_at: account.nowSeconds(),
    filename: file?.name,
    purpose,
    status: "processed",
  };
  account.files.put(object.id, { object, bytes }, bytes.length);
  return jsonAnswer(object);
}

function storedFile({ account }: OperationRequest, id: string): StoredFile {
  const file = account.files.get(id);
  if (file === undefined) throw ServiceError.objectNotFound(`No such File object: ${id}`);
  return file;
}

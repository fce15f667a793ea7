import { type Answer, jsonAnswer } from "../answer.js";
import { type OperationRequest } from "../operation.js";
import { ServiceError } from "../service-error.js";

/** Models, not deployments: in Azure too the list says nothing of what is deployed. */
export function models({ account, method, rest: [id, ...more] }: OperationRequest): Answer {
  if (method !== "GET" || more.length > 0) throw ServiceError.resourceNotFound();
  const model = (name: string): unknown => ({ id: name, object: "model", created: 0, owned_by: "openai" });
  if (id === undefined) return jsonAnswer({ object: "list", data: account.models.map(model) });
  if (!account.models.includes(id)) throw ServiceError.objectNotFound(`The model '${id}' does not exist.`);
  return jsonAnswer(model(id));
}

import { type Answer, jsonAnswer } from "../answer.js";
import { type Item } from "../item.js";
import { type OperationRequest } from "../operation.js";
import { ServiceError } from "../service-error.js";

/** `/responses/{id}` and what is below it: 404 on every account but the one that made the response. */
export function storedResponse({ account, method, rest: [id = "", action, ...more] }: OperationRequest): Answer {
  if (more.length > 0) throw ServiceError.resourceNotFound();
  const stored = account.responses.get(id);
  if (stored === undefined) throw ServiceError.objectNotFound(`Response with id '${id}' not found.`);
  switch (`${method} ${action ?? ""}`) {
    case "GET ":
      return jsonAnswer(stored.response);
    case "DELETE ":
      account.responses.delete(id);
      return jsonAnswer({ id, object: "response", deleted: true });
    case "GET input_items":
      // Newest first, as the service lists them.
      return jsonAnswer(listOf([...stored.input].reverse()));
    case "POST cancel":
      if (stored.response["background"] === true) return jsonAnswer(stored.response);
      throw ServiceError.invalidRequest("Cannot cancel a synchronous response.");
    default:
      throw ServiceError.resourceNotFound();
  }
}

/** A page that holds everything. */
export function listOf(items: readonly Item[]): unknown {
  return {
    object: "list",
    data: items,
    first_id: items.at(0)?.id ?? null,
    last_id: items.at(-1)?.id ?? null,
    has_more: false,
  };
}

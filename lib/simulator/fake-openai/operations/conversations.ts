import { z } from "zod";
import { type Account } from "../account.js";
import { type Answer, jsonAnswer } from "../answer.js";
import { type Conversation, type Item } from "../item.js";
import { type OperationRequest, parseBody } from "../operation.js";
import { inputItems } from "../responses/input.js";
import { ServiceError } from "../service-error.js";
import { listOf } from "./stored-responses.js";

const ITEMS = z.array(z.looseObject({ id: z.string().nullish(), type: z.string().nullish() }));
const METADATA = z.record(z.string(), z.unknown());
const CREATE = z.looseObject({ items: ITEMS.nullish(), metadata: METADATA.nullish() });
const UPDATE = z.looseObject({ metadata: METADATA });
const ADD = z.looseObject({ items: ITEMS.min(1) });

/** `/conversations`: on the account that made them; every other one answers 404. */
export function conversations(request: OperationRequest): Answer {
  const { account, method, rest } = request;
  const [id, part, itemId, ...more] = rest;
  if (more.length > 0 || (part !== undefined && part !== "items")) throw ServiceError.resourceNotFound();
  if (id === undefined) {
    if (method === "POST") return create(request);
    throw ServiceError.resourceNotFound();
  }
  const conversation = account.conversation(id);
  if (itemId !== undefined) return oneItem(conversation, method, itemId);
  switch (`${method} ${part ?? ""}`) {
    case "GET ":
      return jsonAnswer(conversation.object);
    case "POST ": {
      const { metadata } = parseBody(UPDATE, request.body);
      const object = { ...conversation.object, metadata };
      store(account, { ...conversation, object });
      return jsonAnswer(object);
    }
    case "DELETE ":
      account.conversations.delete(id);
      return jsonAnswer({ id, object: "conversation.deleted", deleted: true });
    case "GET items":
      return jsonAnswer(listOf([...conversation.items].reverse()));
    case "POST items":
      return jsonAnswer(listOf(add(request, conversation, parseBody(ADD, request.body).items)));
    default:
      throw ServiceError.resourceNotFound();
  }
}

function create(request: OperationRequest): Answer {
  const { account, body } = request;
  const { items, metadata } = parseBody(CREATE, body);
  const id = account.identity.issueId("conv");
  const object = { id, object: "conversation", created_at: account.nowSeconds(), metadata: metadata ?? {} };
  const conversation = { object, items: [] };
  add(request, conversation, items ?? []);
  store(account, conversation);
  return jsonAnswer(object);
}

function store(account: Account, conversation: Conversation): void {
  account.conversations.put(conversation.object.id, conversation, JSON.stringify(conversation).length);
}

function add({ account }: OperationRequest, conversation: Conversation, items: readonly Item[]): readonly Item[] {
  const added = account.storeItems(inputItems(account, items));
  conversation.items.push(...added);
  return added;
}

function oneItem(conversation: Conversation, method: string, id: string): Answer {
  const index = conversation.items.findIndex((item) => item.id === id);
  if (index < 0) throw ServiceError.objectNotFound(`Conversation item with id '${id}' not found.`);
  if (method === "GET") return jsonAnswer(conversation.items[index]);
  if (method !== "DELETE") throw ServiceError.resourceNotFound();
  conversation.items.splice(index, 1);
  return jsonAnswer(conversation.object);
}

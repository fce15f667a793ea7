import { type Account } from "../account.js";
import { type Item } from "../item.js";
import { ServiceError } from "../service-error.js";

/**
 * The items of a request's input, references replaced by what they refer to.
 * @throws ServiceError for what only another account holds: an item given back by its id, and encrypted reasoning
 */
export function inputItems(account: Account, input: string | readonly Item[]): Item[] {
  if (typeof input !== "string") return input.map((item) => inputItem(account, item));
  return [{ type: "message", role: "user", content: [{ type: "input_text", text: input }] }];
}

function inputItem(account: Account, item: Item): Item {
  const { id, encrypted_content: encrypted } = item;
  if (typeof encrypted === "string") {
    if (account.identity.canDecrypt(encrypted)) return item;
    const unreadable = { id: id ?? undefined, content: encrypted };
    throw ServiceError.encryptedContentNotVerified(unreadable, account.notHeldErrors);
  }
  if (id === undefined || id === null) return item;
  // Reasoning without its encrypted content is nothing but a reference.
  if (isReference(item) || item.type === "reasoning") return account.item(id);
  if (account.identity.hasIssued(id)) return item;
  throw ServiceError.itemNotFound(id, false, account.notHeldErrors);
}

/** The type of a reference may be left out. */
function isReference({ type, id, ...rest }: Item): boolean {
  return type === "item_reference" || (typeof id === "string" && type === undefined && Object.keys(rest).length === 0);
}

/** @throws ServiceError unless each output of a tool belongs to a call in the items, or in what came before them */
export function checkToolOutputs(items: readonly Item[], earlier: Iterable<Item>): void {
  const outputs = new Set(items.flatMap((item) => (item.type === "function_call_output" ? callIdOf(item) : [])));
  for (const sequence of [items, earlier]) {
    if (outputs.size === 0) return;
    for (const item of sequence) if (item.type === "function_call") outputs.delete(callIdOf(item));
  }
  const [orphan] = outputs;
  if (orphan === undefined) return;
  const message = `No tool call found for function call output with call_id ${orphan}.`;
  throw ServiceError.invalidRequest(message, "input");
}

function callIdOf(item: Item): string {
  return String(item["call_id"]);
}

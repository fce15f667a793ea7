import { z } from "zod";
import { MAXIMUM_RATE, type PageCommand } from "./view.js";

const COMMAND = z.discriminatedUnion("command", [
  z.strictObject({ command: z.literal("traffic"), running: z.boolean(), rate: z.int().min(1).max(MAXIMUM_RATE) }),
  z.strictObject({ command: z.literal("way"), way: z.enum(["gateway", "client"]) }),
  z.strictObject({
    command: z.literal("condition"),
    backend: z.string(),
    condition: z.enum(["up", "slow", "throttled", "down"]),
  }),
]);

/** @throws RangeError for what is no command, naming the field */
export function parsePageCommand(text: string): PageCommand {
  const parsed = COMMAND.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new RangeError(`${field === "" ? "" : `${field}: `}${issue?.message ?? "not a command"}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError("the body is not JSON");
  }
}

import { randomUUID } from "node:crypto";
import { sampleText } from "./sample.js";

/** A function that the caller offers, from either API's way to write it. */
export interface OfferedTool {
  readonly name: string;
  readonly parameters?: unknown;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text that satisfies the tool's schema. */
  readonly arguments: string;
}

/**
 * The call that the model makes: of the tool that the choice names, else of the first. None where there are no tools,
 * where the choice is "none", and where the conversation already ends in a tool's result.
 */
export function toolCallFor(tools: readonly OfferedTool[], choice: unknown, answered: boolean): ToolCall | undefined {
  if (answered || choice === "none") return undefined;
  const wanted = chosenName(choice);
  const tool = wanted === undefined ? tools[0] : tools.find(({ name }) => name === wanted);
  if (tool === undefined) return undefined;
  return {
    id: `call_${randomUUID().replaceAll("-", "").slice(0, 24)}`,
    name: tool.name,
    arguments: sampleText(tool.parameters),
  };
}

/** `{ type, function: { name } }` of chat completions, `{ type, name }` of responses. */
function chosenName(choice: unknown): string | undefined {
  if (typeof choice !== "object" || choice === null) return undefined;
  const { name, function: chosen }: { name?: unknown; function?: { name?: unknown } } = choice;
  const found = chosen?.name ?? name;
  return typeof found === "string" ? found : undefined;
}

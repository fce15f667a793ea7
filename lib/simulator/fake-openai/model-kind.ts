import { type OperationName } from "./route.js";
import { ServiceError } from "./service-error.js";

/** What a model is for, as far as its name says. */
export type ModelKind = "chat" | "reasoning" | "claude" | "embedding" | "image" | "transcription" | "other";

/** The first pattern that matches decides: `gpt-4o-transcribe` is no chat model, `gpt-5-chat` does not reason. */
const KINDS: readonly (readonly [RegExp, ModelKind])[] = [
  [/embed/i, "embedding"],
  [/dall-e|image|flux/i, "image"],
  [/whisper|transcribe/i, "transcription"],
  [/tts|realtime|sora|rerank/i, "other"],
  [/^claude/i, "claude"],
  [/^(gpt-3|gpt-4)|chat/i, "chat"],
  [/^(o\d|gpt-([5-9]|\d\d)|gpt-oss|codex)/i, "reasoning"],
  [/^(llama|mistral|phi|grok|deepseek|cohere)/i, "chat"],
];

/** Undefined for a name that says nothing of its kind. */
export function kindOfModel(model: string): ModelKind | undefined {
  return KINDS.find(([pattern]) => pattern.test(model))?.[1];
}

interface Requirement {
  readonly kinds: readonly ModelKind[];
  /** As Azure names the operation when the model cannot do it. */
  readonly name: string;
}

const REQUIREMENTS: Readonly<Partial<Record<OperationName, Requirement>>> = {
  "chat/completions": { kinds: ["chat", "reasoning"], name: "chatCompletion" },
  responses: { kinds: ["chat", "reasoning"], name: "responses" },
  messages: { kinds: ["claude"], name: "messages" },
  embeddings: { kinds: ["embedding"], name: "embeddings" },
  "images/generations": { kinds: ["image"], name: "imageGenerations" },
  "audio/transcriptions": { kinds: ["transcription"], name: "audioTranscriptions" },
};

/** @throws ServiceError `OperationNotSupported` if the model's name says that it is for something else */
export function checkModelKind(operation: OperationName, model: string): void {
  const required = REQUIREMENTS[operation];
  const kind = kindOfModel(model);
  if (required === undefined || kind === undefined || required.kinds.includes(kind)) return;
  throw ServiceError.operationNotSupported(required.name, model);
}

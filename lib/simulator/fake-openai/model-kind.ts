/** What a model is for, as far as its name says. */
export type ModelKind = "chat" | "reasoning" | "embedding" | "image" | "transcription" | "other";

/** The first pattern that matches decides: `gpt-4o-transcribe` is no chat model, `gpt-5-chat` does not reason. */
const KINDS: readonly (readonly [RegExp, ModelKind])[] = [
  [/embed/i, "embedding"],
  [/dall-e|image|flux/i, "image"],
  [/whisper|transcribe/i, "transcription"],
  [/tts|realtime|sora|rerank/i, "other"],
  [/^(gpt-3|gpt-4)|chat/i, "chat"],
  [/^(o\d|gpt-([5-9]|\d\d)|gpt-oss|codex)/i, "reasoning"],
  [/^(claude|llama|mistral|phi|grok|deepseek|cohere)/i, "chat"],
];

/** Undefined for a name that says nothing of its kind. */
export function kindOfModel(model: string): ModelKind | undefined {
  return KINDS.find(([pattern]) => pattern.test(model))?.[1];
}

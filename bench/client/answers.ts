/** What servers of the benchmarks answer. */
export const COMPLETION = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_760_000_000,
  model: "gpt-4o-2024-11-20",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hello." } }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
});

export const REFUSAL = JSON.stringify({
  error: { code: "429", message: "Rate limit is exceeded. Try again later." },
});

import { type AzureOpenAI } from "openai";

/** What is under test. */
export async function summarize(client: AzureOpenAI, text: string): Promise<string> {
  const { choices } = await client.chat.completions.create({
    model: "gpt-5-mini",
    messages: [{ role: "user", content: `Summarize in one sentence: ${text}` }],
    max_completion_tokens: 200,
  });
  return choices[0]?.message.content ?? "";
}

/** An agent's tool loop on the Responses API: each turn reaches the account that made the reasoning before it. */
import { createLoadBalancedFetch, type EndpointOptions } from "aoai-kiss-lb/client";
import { OpenAI } from "openai";
import { run } from "./endpoints.js";

const weather = {
  type: "function" as const,
  name: "weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  strict: false,
};

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const fetch = createLoadBalancedFetch({ endpoints });
  const client = new OpenAI({ baseURL: "https://balanced.invalid/openai/v1", apiKey: "-", maxRetries: 0, fetch });
  const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "How is the weather in Oslo?" }];
  for (;;) {
    const response = await client.responses.create({
      model: "gpt-5-mini",
      input,
      tools: [weather],
      store: false,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "user-42",
    });
    const calls = response.output.filter((item) => item.type === "function_call");
    if (calls.length === 0) return [response.output_text];
    input.push(...(response.output as OpenAI.Responses.ResponseInputItem[]));
    for (const { call_id } of calls) input.push({ type: "function_call_output", call_id, output: "21 degrees" });
  }
}

if (require.main === module) run(main);

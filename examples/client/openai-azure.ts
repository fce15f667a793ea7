/** The openai SDK's AzureOpenAI, whose paths carry the deployment. Base URL and key are placeholders. */
import { createLoadBalancedFetch, type EndpointOptions } from "aoai-kiss-lb/client";
import { AzureOpenAI } from "openai";
import { run } from "./endpoints.js";

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const fetch = createLoadBalancedFetch({ endpoints });
  const client = new AzureOpenAI({
    endpoint: "https://balanced.invalid",
    apiKey: "set by the balancer",
    apiVersion: "2024-10-21",
    maxRetries: 0,
    fetch,
  });
  const stream = await client.chat.completions.create({
    model: "gpt-5-mini",
    messages: [{ role: "user", content: "Say hello." }],
    stream: true,
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return [text];
}

if (require.main === module) run(main);

/**
 * The idea that this project started from: try a list of endpoints in random order until one answers, for several
 * prompts. Unlike the script that it replaces it draws anew for each call, remembers who is throttled and for how
 * long, and returns the answer.
 *
 *   AZURE_OPENAI_ENDPOINTS=https://east.openai.azure.com,https://west.openai.azure.com npx tsx examples/client/random-order.ts
 */
import { createLoadBalancedFetch, type EndpointOptions, type LoadBalancerEvent } from "aoai-kiss-lb/client";
import { AzureOpenAI } from "openai";
import { run } from "./endpoints.js";

const PROMPTS = ["What is a load balancer?", "What is a token bucket?", "What is a circuit breaker?"];

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const servedBy: string[] = [];
  const note = (event: LoadBalancerEvent) => {
    if (event.type === "attempt" && event.outcome === "answered") servedBy.push(event.endpoint);
  };
  const client = new AzureOpenAI({
    endpoint: "https://balanced.invalid",
    apiKey: "set by the balancer",
    apiVersion: "2024-10-21",
    maxRetries: 0,
    fetch: createLoadBalancedFetch({ endpoints, strategy: "random", onEvent: note }),
  });
  const lines: string[] = [];
  for (const content of PROMPTS) {
    const completion = await client.chat.completions.create({
      model: "gpt-5-mini",
      messages: [{ role: "user", content }],
    });
    lines.push(`${servedBy.at(-1)}: ${completion.choices[0]?.message.content}`);
  }
  return lines;
}

if (require.main === module) run(main);

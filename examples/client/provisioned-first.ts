/** Provisioned throughput first, pay-as-you-go when it is busy; deployment names that differ; limits of time. */
import { createLoadBalancedFetch, Duration, type EndpointOptions } from "aoai-kiss-lb/client";
import { AzureOpenAI } from "openai";
import { run } from "./endpoints.js";

export async function main([first, ...others]: EndpointOptions[]): Promise<string[]> {
  if (first === undefined) throw new Error("set AZURE_OPENAI_ENDPOINTS");
  const fetch = createLoadBalancedFetch({
    endpoints: [
      { ...first, priority: 1, deployments: { "gpt-5-mini": "gpt-5-mini-ptu" } },
      ...others.map((endpoint) => ({ ...endpoint, priority: 2 })),
    ],
    attemptTimeout: Duration.minutes(2),
    deadline: Duration.minutes(4),
    whenExhausted: "wait",
  });
  const client = new AzureOpenAI({
    endpoint: "https://balanced.invalid",
    apiKey: "set by the balancer",
    apiVersion: "2024-10-21",
    maxRetries: 0,
    fetch,
  });
  const messages = [{ role: "user" as const, content: "Say hello." }];
  const completion = await client.chat.completions.create({ model: "gpt-5-mini", messages });
  return [completion.choices[0]?.message.content ?? ""];
}

if (require.main === module) run(main);

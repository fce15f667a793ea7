/** The Vercel AI SDK. */
import { createAzure } from "@ai-sdk/azure";
import { generateText, streamText } from "ai";
import { createLoadBalancedFetch, type EndpointOptions } from "aoai-kiss-lb/client";
import { run } from "./endpoints.js";

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const azure = createAzure({
    resourceName: "balanced",
    apiKey: "set by the balancer",
    fetch: createLoadBalancedFetch({ endpoints }),
  });
  const model = azure.chat("gpt-5-mini");
  const { text } = await generateText({ model, prompt: "Say hello.", maxRetries: 0 });
  const streamed = await streamText({ model, prompt: "Say hello.", maxRetries: 0 }).text;
  return [text, streamed];
}

if (require.main === module) run(main);

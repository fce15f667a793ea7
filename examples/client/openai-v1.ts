/** The openai SDK's OpenAI with the v1 API of Azure, whose bodies carry the deployment as `model`. */
import { createLoadBalancedFetch, type EndpointOptions } from "aoai-kiss-lb/client";
import OpenAI from "openai";
import { run } from "./endpoints.js";

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const client = new OpenAI({
    baseURL: "https://balanced.invalid/openai/v1",
    apiKey: "set by the balancer",
    maxRetries: 0,
    fetch: createLoadBalancedFetch({ endpoints }),
  });
  const first = await client.responses.create({ model: "gpt-5-mini", input: "Say hello." });
  // Goes to the account that stores the first response.
  const second = await client.responses.create({
    model: "gpt-5-mini",
    input: "Again.",
    previous_response_id: first.id,
  });
  return [first.output_text, second.output_text];
}

if (require.main === module) run(main);

/** No SDK at all: the balanced fetch is a fetch. */
import { createLoadBalancedFetch, type EndpointOptions } from "aoai-kiss-lb/client";
import { run } from "./endpoints.js";

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const fetch = createLoadBalancedFetch({ endpoints });
  const response = await fetch("/openai/v1/embeddings", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "text-embedding-3-small", input: "hello" }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const { data } = (await response.json()) as { data: { embedding: number[] }[] };
  return data.map(({ embedding }) => `${embedding.length} dimensions`);
}

if (require.main === module) run(main);

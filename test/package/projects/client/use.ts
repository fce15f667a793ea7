import { createLoadBalancedFetch, Duration, type LoadBalancedFetch, type LoadBalancerEvent } from "aoai-kiss-lb-client";

const balanced: LoadBalancedFetch = createLoadBalancedFetch({
  endpoints: [{ name: "a", url: "https://a.openai.azure.com", apiKey: "key" }],
  deadline: Duration.seconds(5),
  onEvent: (event: LoadBalancerEvent) => void event.type,
  fetch: (input) => Promise.resolve(new Response(String(input))),
});

export const native: typeof globalThis.fetch = balanced;

export function ask(): Promise<string> {
  return balanced("https://any/openai/v1/models").then((response) => response.text());
}

// @ts-expect-error a deadline is no number
createLoadBalancedFetch.bind(undefined, { endpoints: [], deadline: 5 });

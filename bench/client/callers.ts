import { AzureChatOpenAI } from "@langchain/openai";
import {
  createLoadBalancedFetch,
  Duration,
  type FetchFunction,
  type LoadBalancedFetchOptions,
} from "aoai-kiss-lb/client";
import { AzureOpenAI } from "openai";
import { type FakeOpenAi } from "../../lib/simulator/index.js";

/** Asks for one chat completion; rejects where the caller would see an error. */
export type Caller = () => Promise<unknown>;

const API_VERSION = "2024-10-21";
const DEPLOYMENT = "gpt-4o";
const MESSAGES = [{ role: "user" as const, content: "Say hello." }];
const PLACEHOLDER = "https://balanced.invalid";

export function balancedCaller(servers: readonly FakeOpenAi[], options: Partial<LoadBalancedFetchOptions>): Caller {
  return sdkCaller(PLACEHOLDER, balanced(servers, options), 0);
}

export function balanced(servers: readonly FakeOpenAi[], options: Partial<LoadBalancedFetchOptions>): FetchFunction {
  return createLoadBalancedFetch({ endpoints: servers.map(({ url }) => ({ url, apiKey: "key" })), ...options });
}

/** The openai SDK on one endpoint, with its own retries. */
export function singleEndpointCaller([server]: readonly FakeOpenAi[]): Caller {
  return sdkCaller(server?.url ?? "", globalThis.fetch);
}

/** The openai SDK, with its own retries, in front of a gateway. */
export function gatewayCaller(servers: readonly FakeOpenAi[]): Caller {
  return sdkCaller(PLACEHOLDER, roundRobinGateway(servers));
}

/** LangChain with one model for each endpoint, the others as fall-backs in their order. */
export function fallbacksCaller(servers: readonly FakeOpenAi[]): Caller {
  const [first, ...others] = servers.map(
    ({ url }) =>
      new AzureChatOpenAI({
        azureOpenAIEndpoint: url,
        azureOpenAIApiKey: "key",
        azureOpenAIApiVersion: API_VERSION,
        azureOpenAIApiDeploymentName: DEPLOYMENT,
        maxRetries: 0,
      }),
  );
  if (first === undefined) throw new Error("no servers");
  const model = first.withFallbacks(others);
  return () => model.invoke("Say hello.");
}

export function plainCaller(fetch: FetchFunction, base: () => string): Caller {
  const body = JSON.stringify({ messages: MESSAGES });
  const headers = { "content-type": "application/json", "api-key": "key" };
  return async () => {
    const path = `/openai/deployments/${DEPLOYMENT}/chat/completions?api-version=${API_VERSION}`;
    const response = await fetch(base() + path, { method: "POST", headers, body });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  };
}

/** @param maxRetries @default the SDK's own, 2 */
export function sdkCaller(endpoint: string, fetch: FetchFunction, maxRetries?: number): Caller {
  const client = new AzureOpenAI({
    endpoint,
    apiKey: "key",
    apiVersion: API_VERSION,
    fetch,
    ...(maxRetries !== undefined && { maxRetries }),
  });
  return () => client.chat.completions.create({ model: DEPLOYMENT, messages: MESSAGES });
}

/**
 * What an Application Gateway does: requests in turn, no look at the answer. The seam for the simulated gateway: with
 * it, this is the plain fetch to the gateway's address.
 */
function roundRobinGateway(servers: readonly FakeOpenAi[]): FetchFunction {
  let turn = 0;
  return (input, init) => {
    const server = servers[turn++ % servers.length];
    return fetch(String(input).replace(PLACEHOLDER, server?.url ?? ""), init);
  };
}

export const WAITING = { whenExhausted: "wait", deadline: Duration.seconds(30) } as const;

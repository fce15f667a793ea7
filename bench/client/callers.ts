import { AzureChatOpenAI } from "@langchain/openai";
import {
  createLoadBalancedFetch,
  Duration,
  type FetchFunction,
  type LoadBalancedFetchOptions,
} from "aoai-kiss-lb/client";
import { AzureOpenAI } from "openai";
import { DEFAULT_STATUS_PATH, type FakeOpenAi, SimulatedGateway } from "../../lib/simulator/index.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { gatewayJson } from "../../test/support/terraform-json.js";

/** Asks for one chat completion; rejects where the caller would see an error. */
export type Caller = () => Promise<unknown>;

/** Takes what is to be done when the caller is no longer needed. */
export type AtEnd = (close: () => Promise<void>) => void;

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

/** The openai SDK, with its own retries, in front of a simulated Application Gateway. */
export async function gatewayCaller(servers: readonly FakeOpenAi[], atEnd: AtEnd): Promise<Caller> {
  const backends = Object.fromEntries(servers.map(({ url }, index) => [`e${index}.openai.azure.com`, url]));
  const json = gatewayJson({
    fqdns: Object.keys(backends),
    probe: { path: DEFAULT_STATUS_PATH, interval: 30, timeout: 30 },
  });
  const gateway = await SimulatedGateway.create({ model: parseGatewayModel(json), backends });
  atEnd(() => gateway.destroy());
  return sdkCaller(gateway.url, globalThis.fetch);
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

export const WAITING = { whenExhausted: "wait", deadline: Duration.seconds(30) } as const;

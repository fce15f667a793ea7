import { createAzure } from "@ai-sdk/azure";
import { AzureChatOpenAI } from "@langchain/openai";
import { generateText, type LanguageModel } from "ai";
import { createFallback } from "ai-fallback";
import { createRetryableModel, error } from "ai-retry/language-model";
import { createLoadBalancedFetch, type FetchFunction, type LoadBalancedFetchOptions } from "aoai-kiss-lb/client";
import { AzureOpenAI, OpenAI } from "openai";
import { DEFAULT_STATUS_PATH, SimulatedGateway } from "../../lib/simulator/index.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { gatewayJson } from "../../test/support/terraform-json.js";
import { portkeyHeaders } from "./portkey.js";

/** What to ask for, where it matters. */
export interface Ask {
  readonly prompt: string;
  /** @default no limit */
  readonly maxTokens?: number;
}

/** Asks for one chat completion; rejects where the caller would see an error. */
export type Caller = (ask?: Ask) => Promise<unknown>;

/** Takes what is to be done when the caller is no longer needed. */
export type AtEnd = (close: () => Promise<void>) => void;

const API_VERSION = "2024-10-21";
export const DEPLOYMENT = "gpt-4o";
const HELLO: Ask = { prompt: "Say hello." };
/** In place of an account's URL, where the balancer chooses. */
export const PLACEHOLDER = "https://balanced.invalid";

export function balanced(urls: readonly string[], options: Partial<LoadBalancedFetchOptions> = {}): FetchFunction {
  return createLoadBalancedFetch({ endpoints: urls.map((url) => ({ url, apiKey: "key" })), ...options });
}

function messages(prompt: string) {
  return [{ role: "user" as const, content: prompt }];
}

export function plainCaller(url: string, fetch: FetchFunction): Caller {
  const headers = { "content-type": "application/json", "api-key": "key" };
  return async ({ prompt, maxTokens } = HELLO) => {
    const body = JSON.stringify({ messages: messages(prompt), max_tokens: maxTokens });
    const path = `/openai/deployments/${DEPLOYMENT}/chat/completions?api-version=${API_VERSION}`;
    const response = await fetch(url + path, { method: "POST", headers, body });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  };
}

/** @param maxRetries @default the SDK's own, 2 */
export function sdkCaller(endpoint: string, fetch: FetchFunction, maxRetries?: number): Caller {
  const retries = maxRetries === undefined ? {} : { maxRetries };
  const client = new AzureOpenAI({ endpoint, apiKey: "key", apiVersion: API_VERSION, fetch, ...retries });
  return ({ prompt } = HELLO) => client.chat.completions.create({ model: DEPLOYMENT, messages: messages(prompt) });
}

/** The openai SDK in front of the Portkey gateway, which chooses. */
export function portkeyCaller(gateway: string, urls: readonly string[], mode: "loadbalance" | "fallback"): Caller {
  const defaultHeaders = portkeyHeaders(urls, mode, DEPLOYMENT);
  const client = new OpenAI({ baseURL: gateway, apiKey: "key", maxRetries: 0, defaultHeaders });
  return ({ prompt } = HELLO) => client.chat.completions.create({ model: DEPLOYMENT, messages: messages(prompt) });
}

/** The openai SDK, with its own retries, in front of a simulated Application Gateway. */
export async function gatewayCaller(urls: readonly string[], atEnd: AtEnd): Promise<Caller> {
  const backends = Object.fromEntries(urls.map((url, index) => [`e${index}.openai.azure.com`, url]));
  const json = gatewayJson({
    fqdns: Object.keys(backends),
    probe: { path: DEFAULT_STATUS_PATH, interval: 30, timeout: 30 },
  });
  const gateway = await SimulatedGateway.create({ model: parseGatewayModel(json), backends });
  atEnd(() => gateway.destroy());
  return sdkCaller(gateway.url, globalThis.fetch);
}

export function langChainCaller(url: string, fetch: FetchFunction): Caller {
  const model = langChainModel(url, fetch);
  return ({ prompt } = HELLO) => model.invoke(prompt);
}

/** LangChain with one model for each account, the others as fall-backs in their order. */
export function withFallbacksCaller(urls: readonly string[], fetch: FetchFunction = globalThis.fetch): Caller {
  const [first, ...others] = urls.map((url) => langChainModel(url, fetch));
  if (first === undefined) throw new Error("no servers");
  const model = first.withFallbacks(others);
  return ({ prompt } = HELLO) => model.invoke(prompt);
}

export function aiSdkCaller(url: string, fetch: FetchFunction): Caller {
  return generate(aiSdkModel(url, fetch));
}

/** ai-fallback with one model for each account. */
export function aiFallbackCaller(urls: readonly string[]): Caller {
  return generate(createFallback({ models: urls.map((url) => aiSdkModel(url, globalThis.fetch)) }));
}

/**
 * ai-retry with one model for each account: the next where an error can be retried. Two accounts with deployments of
 * one name are one model to it, which it does not try twice, so here they have names of their own.
 */
export function aiRetryCaller(urls: readonly string[], fetch: FetchFunction = globalThis.fetch): Caller {
  const [model, ...others] = urls.map((url, index) => aiSdkModel(url, fetch, accountDeployment(index)));
  if (model === undefined) throw new Error("no servers");
  const retries = others.map((other) => error.isRetryable(true).switch({ model: other }));
  return generate(createRetryableModel({ model, retries }));
}

function generate(model: LanguageModel): Caller {
  return ({ prompt } = HELLO) => generateText({ model, prompt, maxRetries: 0 });
}

/** A second deployment of each account, by a name that no other account has. */
export function accountDeployment(index: number): string {
  return `${DEPLOYMENT}-${index}`;
}

function aiSdkModel(url: string, fetch: FetchFunction, deployment = DEPLOYMENT) {
  const azure = createAzure({
    baseURL: `${url}/openai`,
    apiKey: "key",
    apiVersion: API_VERSION,
    useDeploymentBasedUrls: true,
    fetch,
  });
  return azure.chat(deployment);
}

function langChainModel(url: string, fetch: FetchFunction): AzureChatOpenAI {
  return new AzureChatOpenAI({
    azureOpenAIEndpoint: url,
    azureOpenAIApiKey: "key",
    azureOpenAIApiVersion: API_VERSION,
    azureOpenAIApiDeploymentName: DEPLOYMENT,
    maxRetries: 0,
    configuration: { fetch },
  });
}

/** LangChain.js. It retries by itself, six times: maxRetries 0 leaves that to the balancer. */
import { AzureChatOpenAI } from "@langchain/openai";
import { createLoadBalancedFetch, type EndpointOptions } from "aoai-kiss-lb/client";
import { run } from "./endpoints.js";

export async function main(endpoints: EndpointOptions[]): Promise<string[]> {
  const model = new AzureChatOpenAI({
    azureOpenAIEndpoint: "https://balanced.invalid",
    azureOpenAIApiKey: "set by the balancer",
    azureOpenAIApiVersion: "2024-10-21",
    azureOpenAIApiDeploymentName: "gpt-5-mini",
    maxRetries: 0,
    configuration: { fetch: createLoadBalancedFetch({ endpoints }) },
  });
  const answer = await model.invoke("Say hello.");
  let streamed = "";
  for await (const chunk of await model.stream("Say hello.")) streamed += chunk.text;
  return [answer.text, streamed];
}

if (require.main === module) run(main);

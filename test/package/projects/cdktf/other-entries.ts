import { createLoadBalancedFetch, type LoadBalancedFetch } from "aoai-kiss-lb/client";
import { FakeOpenAi } from "aoai-kiss-lb/simulator";

export async function ask(): Promise<string> {
  const server = await FakeOpenAi.create({ name: "east", reply: "Hello." });
  const balanced: LoadBalancedFetch = createLoadBalancedFetch({ endpoints: [{ url: server.url, apiKey: "any" }] });
  const response = await balanced("https://any/openai/v1/models");
  await server.close();
  return `${response.status} ${typeof (await response.json())}`;
}

void ask().then((answer) => console.log(answer));

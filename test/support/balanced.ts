import {
  createLoadBalancedFetch,
  type EndpointOptions,
  type LoadBalancedFetchOptions,
  type LoadBalancerEvent,
} from "../../lib/client/index.js";
import { type Step, startEndpoints } from "./scripted-endpoint.js";

export const CHAT = "https://any.example/openai/deployments/gpt/chat/completions?api-version=2024-10-21";

const started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((servers) => servers.close()));
});

/**
 * Scripted endpoints a, b, c … behind a balanced fetch that takes them in turn, on a clock that tests move. Closed when the
 * test is over.
 */
export async function balance(
  scripts: readonly (readonly Step[])[],
  options: Omit<Partial<LoadBalancedFetchOptions>, "endpoints"> = {},
  /** Changes the options of the endpoint with this index. */
  adjust: (index: number) => Partial<EndpointOptions> = () => ({}),
) {
  const servers = await startEndpoints(...scripts);
  started.push(servers);
  const events: LoadBalancerEvent[] = [];
  const clock = { now: 0 };
  const fetch = createLoadBalancedFetch({
    endpoints: servers.options.map((endpoint, index) => ({ ...endpoint, ...adjust(index) })),
    strategy: "round-robin",
    now: () => clock.now,
    random: () => 0,
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return {
    ...servers,
    events,
    clock,
    fetch,
    /** Posts a chat completion, or to another path, and reads the answer: its status or the error's code. */
    async post(url: string = CHAT, init: RequestInit = {}): Promise<number | string> {
      try {
        const response = await fetch(url, { method: "POST", body: "{}", ...init });
        await response.text();
        return response.status;
      } catch (error) {
        return errorCodeOf(error);
      }
    },
  };
}

export function errorCodeOf(error: unknown): string {
  const { code, cause, name } = error as { code?: unknown; cause?: { code?: unknown }; name: string };
  return String(code ?? cause?.code ?? name);
}

import { Agent, fetch } from "undici";
import { createLoadBalancedFetch, type LoadBalancedFetch } from "../client/index.js";
import { type SimulatedGateway } from "../simulator/index.js";
import { type Recorder } from "./recorder.js";
import { type SimulatedBackend } from "./simulated-backend.js";
import { type Call } from "./traffic.js";
import { type ClientView } from "./view.js";

export interface CallerOptions {
  readonly deployment: string;
  /** What a keyless caller shows. */
  readonly token: string;
}

/** Each has connections of its own, and a connection stays with the gateway instance that it reached first. */
const APPLICATIONS = 8;
const PATH = "/openai/v1/chat/completions";

/** Applications that know only the gateway. What they get is in its access log. */
export class GatewayCallers implements AsyncDisposable {
  private readonly agents: readonly Agent[];
  private turn = 0;

  constructor(
    private readonly gateway: SimulatedGateway,
    private readonly options: CallerOptions,
  ) {
    const connect = { ca: gateway.certificate };
    this.agents = Array.from({ length: APPLICATIONS }, () => new Agent({ connect }));
  }

  readonly call: Call = async () => {
    const dispatcher = this.agents[this.turn++ % this.agents.length];
    try {
      const response = await fetch(`${this.gateway.url}${PATH}`, {
        ...requestOf(this.options),
        ...(dispatcher && { dispatcher }),
      });
      await response.arrayBuffer();
    } catch {
      // A connection that was cut is in the access log too.
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.destroy()));
  }
}

/** An application with the balancing client, which calls the accounts themselves: the gateway is not in its way. */
export class ClientCaller {
  private readonly fetch: LoadBalancedFetch;

  constructor(
    backends: readonly SimulatedBackend[],
    private readonly recorder: Recorder,
    private readonly options: CallerOptions,
  ) {
    this.fetch = createLoadBalancedFetch({
      endpoints: backends.map(({ fqdn, server }) => ({
        name: fqdn,
        url: server.url,
        tokenProvider: () => Promise.resolve(options.token),
      })),
      onEvent: (event) => {
        if (event.type === "attempt") recorder.attempted(event);
      },
    });
  }

  readonly call: Call = async () => {
    try {
      const response = await this.fetch(`http://any${PATH}`, requestOf(this.options));
      await response.arrayBuffer();
      this.recorder.answered(response.status);
    } catch {
      this.recorder.answered(undefined);
    }
  };

  /** How it sees its endpoints, by pool member. */
  views(): ReadonlyMap<string, ClientView> {
    return new Map(
      this.fetch.snapshot().map((endpoint) => {
        const [deployment = endpoint] = endpoint.deployments;
        const { status, reason, cooldownMilliseconds } = endpoint.status === "available" ? deployment : endpoint;
        return [endpoint.name, { status, reason, cooldownMilliseconds }];
      }),
    );
  }
}

function requestOf({ deployment, token }: CallerOptions) {
  return {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ model: deployment, messages: [{ role: "user", content: "Hello" }] }),
  };
}

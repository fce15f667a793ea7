import { Duration } from "../duration.js";
import {
  createUnsignedToken,
  FakeOpenAi,
  Latency,
  SimulatedGateway,
  type SimulatedGatewayOptions,
} from "../simulator/index.js";
import { type GatewayModel } from "../synthesized/index.js";
import { Credential } from "../verify/index.js";

/** About what a loaded region takes to begin an answer, cut short: the lab is for looking, not for waiting. */
export const BACKEND_LATENCY = Latency.uniform(Duration.milliseconds(5), Duration.milliseconds(15));
export const EVENT_INTERVAL = Duration.milliseconds(25);
/** Every fake account has it. */
export const DEPLOYMENT = "gpt-4o";
export const BACKEND_HEADER = "x-ms-region";

const REPLY = "The quick brown fox jumps over the lazy dog, and the stream goes on, word by word.";
const ANYBODY = "anybody";

export interface Backend {
  /** The pool member. */
  readonly fqdn: string;
  /** What its answers say in `x-ms-region`: the first label of its name, so that two in one region can be told apart. */
  readonly region: string;
  readonly server: FakeOpenAi;
}

export type LabOptions = Pick<SimulatedGatewayOptions, "model" | "timeScale" | "instances" | "accessLog">;

/** A gateway from a synthesized file, run on this machine in front of a fake Azure OpenAI account for each pool member. */
export class Lab implements AsyncDisposable {
  static async create(options: LabOptions): Promise<Lab> {
    const backends = await Promise.all(options.model.backends.map(startBackend));
    try {
      return new Lab(options.model, backends, await startGateway(backends, options));
    } catch (error) {
      await Promise.all(backends.map(({ server }) => server.close()));
      throw error;
    }
  }

  private constructor(
    readonly model: GatewayModel,
    readonly backends: readonly Backend[],
    readonly gateway: SimulatedGateway,
  ) {}

  /** What a keyless caller of this gateway shows: a token of somebody who holds the role wherever the file tells who does. */
  get token(): string {
    return createUnsignedToken({ oid: callerOf(this.model) });
  }

  get credential(): Credential {
    return Credential.bearerToken(this.token);
  }

  /** Another gateway in front of the same servers, with the model changed. */
  startVariant(change: Partial<GatewayModel>): Promise<SimulatedGateway> {
    return startGateway(this.backends, { model: { ...this.model, ...change } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.destroy();
    await Promise.all(this.backends.map(({ server }) => server.close()));
  }
}

async function startBackend({ fqdn, openAiUsers }: GatewayModel["backends"][number]): Promise<Backend> {
  const [region = fqdn] = fqdn.split(".");
  const server = await FakeOpenAi.create({
    name: region,
    region,
    reply: REPLY,
    latency: BACKEND_LATENCY,
    eventInterval: EVENT_INTERVAL,
    deployments: [{ name: DEPLOYMENT }],
    principals: openAiUsers,
  });
  return { fqdn, region, server };
}

function startGateway(backends: readonly Backend[], options: LabOptions): Promise<SimulatedGateway> {
  return SimulatedGateway.create({
    ...options,
    backends: Object.fromEntries(backends.map(({ fqdn, server }) => [fqdn, server.url])),
    // The local address stands for a name that the listener answers to.
    defaultHostName: options.model.listeners.flatMap(({ hostNames }) => hostNames).find((name) => !/[*?]/.test(name)),
  });
}

/** Somebody who may call every account whose callers are known. */
function callerOf({ backends }: GatewayModel): string {
  const known = backends.flatMap(({ openAiUsers }) => (openAiUsers ? [openAiUsers] : []));
  return known[0]?.find((user) => known.every((users) => users.includes(user))) ?? ANYBODY;
}

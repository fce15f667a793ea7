import { Duration } from "../duration.js";
import {
  createUnsignedToken,
  type FakeOpenAi,
  FakeOpenAiFleet,
  Latency,
  SimulatedGateway,
  type SimulatedGatewayOptions,
} from "../simulator/index.js";
import { type GatewayModel } from "../synthesized/index.js";
import { Credential } from "../verify/index.js";

/** Far less than a region takes to begin an answer: the lab is for looking, not for waiting. */
const BACKEND_LATENCY = Latency.uniform(Duration.milliseconds(5), Duration.milliseconds(15));
const EVENT_INTERVAL = Duration.milliseconds(25);
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
    const fleet = await FakeOpenAiFleet.create(options.model.backends, () => ({
      reply: REPLY,
      latency: BACKEND_LATENCY,
      eventInterval: EVENT_INTERVAL,
      deployments: [{ name: DEPLOYMENT }],
    }));
    try {
      return new Lab(options.model, fleet, await startGateway(fleet, options));
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  private constructor(
    readonly model: GatewayModel,
    private readonly fleet: FakeOpenAiFleet,
    readonly gateway: SimulatedGateway,
  ) {}

  get backends(): readonly Backend[] {
    return [...this.fleet.servers].map(([fqdn, server]) => ({ fqdn, region: server.region, server }));
  }

  /** What a keyless caller of this gateway shows: a token of somebody who holds the role wherever the file tells who does. */
  get token(): string {
    return createUnsignedToken({ oid: callerOf(this.model) });
  }

  get credential(): Credential {
    return Credential.bearerToken(this.token);
  }

  /** Another gateway in front of the same servers, with the model changed. */
  startVariant(change: Partial<GatewayModel>): Promise<SimulatedGateway> {
    return startGateway(this.fleet, { model: { ...this.model, ...change } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.destroy();
    await this.fleet.close();
  }
}

function startGateway(fleet: FakeOpenAiFleet, options: LabOptions): Promise<SimulatedGateway> {
  return SimulatedGateway.create({
    ...options,
    backends: fleet.urls,
    // The local address stands for a name that the listener answers to.
    defaultHostName: options.model.listeners.flatMap(({ hostNames }) => hostNames).find((name) => !/[*?]/.test(name)),
  });
}

/** Somebody who may call every account whose callers are known. */
function callerOf({ backends }: GatewayModel): string {
  const known = backends.flatMap(({ openAiUsers }) => (openAiUsers ? [openAiUsers] : []));
  return known[0]?.find((user) => known.every((users) => users.includes(user))) ?? ANYBODY;
}

import { Duration } from "../duration.js";
import {
  createUnsignedToken,
  type FakeDeployment,
  FakeOpenAiFleet,
  Latency,
  SimulatedGateway,
  type SimulatedGatewayOptions,
} from "../simulator/index.js";
import { routeForPath } from "../simulator/routing.js";
import {
  type Backend as BackendModel,
  type ForwardAction,
  type GatewayModel,
  type Listener,
  mainRule,
  type ModelDeployment,
  type Probe,
} from "../synthesized/index.js";
import { SimulatedBackend } from "../ui/simulated-backend.js";
import { Credential, UsageError } from "../verify/index.js";

/** Much less than a region's latency, so that nobody waits for the lab. */
const BACKEND_LATENCY = Latency.uniform(Duration.milliseconds(5), Duration.milliseconds(15));
const EVENT_INTERVAL = Duration.milliseconds(25);
/** The deployment of a fake account for which the file has none. */
const DEFAULT_DEPLOYMENT = "gpt-5-mini";
/** Models that do not chat, by their names. */
const OTHER_MODELS = /embedding|whisper|transcribe|tts|realtime|dall-e|image|sora/;
export const BACKEND_HEADER = "x-ms-region";
const REQUEST_PATH = "/openai/v1/chat/completions";

const REPLY = "The quick brown fox jumps over the lazy dog, and the stream goes on, word by word.";
const ANYBODY = "anybody";

export type DeploymentLimits = Pick<FakeDeployment, "capacityUnits" | "requestsPerMinute">;

export interface LabOptions extends Pick<
  SimulatedGatewayOptions,
  "model" | "timeScale" | "probeTimeScale" | "instances" | "accessLog"
> {
  /** The limits of each deployment on each account. @default none */
  readonly limits?: ((deployment: Partial<ModelDeployment>) => DeploymentLimits) | undefined;
}

/** A gateway from a synthesized file, run on this machine in front of a fake Azure OpenAI account for each pool member. */
export class Lab implements AsyncDisposable {
  /** @throws UsageError for a gateway that routes no request to a backend. */
  static async create(options: LabOptions): Promise<Lab> {
    const target = targetOf(options.model);
    const deployment = deploymentOf(accountsBehind(target, options.model));
    const fleet = await FakeOpenAiFleet.create(options.model.backends, ({ deployments }) => ({
      reply: REPLY,
      latency: BACKEND_LATENCY,
      eventInterval: EVENT_INTERVAL,
      // An account without a chat model gets one, so that there is something to show.
      deployments: [...(deployments ?? []), ...(deployments?.some(chats) === true ? [] : [{ name: deployment }])].map(
        (each) => ({ ...each, capacityUnits: undefined, ...options.limits?.(each) }),
      ),
    }));
    try {
      return new Lab(options, target, fleet, await startGateway(fleet, target, options));
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  /** Every pool member of the file. */
  readonly accounts: readonly SimulatedBackend[];
  /** Where requests for models go, in the pool's order. */
  readonly backends: readonly SimulatedBackend[];

  private constructor(
    private readonly options: LabOptions,
    private readonly target: Target,
    private readonly fleet: FakeOpenAiFleet,
    readonly gateway: SimulatedGateway,
  ) {
    this.accounts = [...fleet.servers].map(([fqdn, server]) => new SimulatedBackend(fqdn, server));
    this.backends = target.action.pool.members.flatMap(
      (member) => this.accounts.find(({ fqdn }) => fqdn === member) ?? [],
    );
  }

  get model(): GatewayModel {
    return this.options.model;
  }

  /** The probe of these backends. */
  get probe(): Probe {
    return this.target.action.settings.probe;
  }

  /** The deployment that callers name: a chat model that every account has, if there is one. */
  get deployment(): string {
    return deploymentOf(accountsBehind(this.target, this.model));
  }

  /** The token of a keyless caller, who holds the role on every account whose roles are known. */
  get token(): string {
    return createUnsignedToken({ oid: callerOf(accountsBehind(this.target, this.model)) });
  }

  get credential(): Credential {
    return Credential.bearerToken(this.token);
  }

  /** Another gateway, of one instance, in front of the same servers, with the model changed. */
  startVariant(change: Partial<GatewayModel>): Promise<SimulatedGateway> {
    return startGateway(this.fleet, this.target, {
      ...this.options,
      instances: 1,
      model: { ...this.model, ...change },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.destroy();
    await this.fleet.close();
  }
}

/** The listener and the action of requests for models. */
interface Target {
  readonly listener: Listener;
  readonly action: ForwardAction;
}

/** The rule that the gateway's URL reaches, and its action for such a request. */
function targetOf(model: GatewayModel): Target {
  const { address } = model;
  const rule = mainRule(model);
  const action = rule && routeForPath(rule, REQUEST_PATH).action;
  if (rule && action?.kind === "forward" && action.pool.members.length > 0) return { listener: rule.listener, action };
  throw new UsageError(
    `${address}: no rule routes ${REQUEST_PATH} to a pool with members; add one to simulate the gateway`,
  );
}

function startGateway(fleet: FakeOpenAiFleet, { listener }: Target, options: LabOptions): Promise<SimulatedGateway> {
  const { hostNames } = listener;
  const name = hostNames.find((candidate) => !/[*?]/.test(candidate)) ?? hostNames[0];
  return SimulatedGateway.create({
    ...options,
    backends: fleet.urls,
    // Requests to the local address count as requests to a name that the listener accepts.
    defaultHostName: name?.replaceAll(/[*?]/g, "x"),
  });
}

/** The pool's accounts, as far as the file describes them. */
function accountsBehind({ action }: Target, { backends }: GatewayModel): readonly BackendModel[] {
  return backends.filter(({ fqdn }) => action.pool.members.includes(fqdn));
}

function deploymentOf(accounts: readonly BackendModel[]): string {
  const known = accounts.flatMap(({ deployments }) => (deployments ? [deployments.filter(chats)] : []));
  const isEverywhere = (name: string) => known.every((deployments) => deployments.some((each) => each.name === name));
  const candidates = known.flat().map(({ name }) => name);
  return candidates.find(isEverywhere) ?? candidates[0] ?? DEFAULT_DEPLOYMENT;
}

function chats({ model }: ModelDeployment): boolean {
  return !OTHER_MODELS.test(model);
}

/** A principal that may call every account whose roles are known. */
function callerOf(accounts: readonly BackendModel[]): string {
  const known = accounts.flatMap(({ openAiUsers }) => (openAiUsers ? [openAiUsers] : []));
  return known[0]?.find((user) => known.every((users) => users.includes(user))) ?? ANYBODY;
}

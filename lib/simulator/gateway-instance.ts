import { type ForwardAction, type GatewayModel } from "../synthesized/gateway-model.js";
import { BackendMember, type BackendMemberOptions } from "./backend-member.js";
import { type BackendState } from "./gateway-options.js";
import { RoundRobin } from "./round-robin.js";

export interface GatewayInstanceOptions extends Pick<
  BackendMemberOptions,
  "timeScale" | "probeTimeScale" | "onChange"
> {
  readonly number: number;
  readonly model: GatewayModel;
  readonly originOf: (fqdn: string) => URL;
}

/** One of the gateway's machines: probes every member by itself and takes turns by itself. */
export class GatewayInstance {
  readonly number: number;
  /** By pool and settings: a member behind two settings blocks is probed twice, as on Azure. */
  private readonly members = new Map<string, BackendMember[]>();
  private readonly turns = new Map<ForwardAction, RoundRobin>();

  constructor({ number, model, originOf, ...shared }: GatewayInstanceOptions) {
    this.number = number;
    for (const action of forwardActions(model)) {
      const { pool, settings } = action;
      this.turns.set(action, new RoundRobin());
      if (this.members.has(key(action))) continue;
      this.members.set(
        key(action),
        pool.members.map((fqdn) => {
          const origin = originOf(fqdn);
          return new BackendMember({ ...shared, instance: number, pool: pool.name, settings, fqdn, origin });
        }),
      );
    }
  }

  /** Whose turn it is among the healthy members, or undefined if there is none. */
  choose(action: ForwardAction): BackendMember | undefined {
    return this.turns.get(action)?.next(this.members.get(key(action)) ?? [], (member) => member.mayServe);
  }

  /** Resolves once every member has been probed. */
  async startProbing(): Promise<void> {
    await Promise.all(this.all().map((member) => member.startProbing()));
  }

  states(): BackendState[] {
    return this.all().map((member) => member.state());
  }

  async remove(fqdn: string): Promise<void> {
    const leaving = this.all().filter((member) => member.fqdn === fqdn);
    await Promise.all(leaving.map((member) => member.drain()));
    for (const [name, members] of this.members) {
      this.members.set(
        name,
        members.filter((member) => !leaving.includes(member)),
      );
    }
  }

  destroy(): void {
    for (const member of this.all()) member.destroy();
  }

  private all(): BackendMember[] {
    return [...this.members.values()].flat();
  }
}

function forwardActions({ rules }: GatewayModel): ForwardAction[] {
  return rules
    .flatMap(({ action, pathRules }) => [action, ...pathRules.map((rule) => rule.action)])
    .filter((action) => action.kind === "forward");
}

function key({ pool, settings }: ForwardAction): string {
  return `${pool.name}/${settings.name}`;
}

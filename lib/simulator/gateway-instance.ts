import { type ForwardAction, type GatewayModel } from "../synthesized/gateway-model.js";
import { BackendMember, type BackendMemberOptions } from "./backend-member.js";
import { type BackendState } from "./gateway-options.js";
import { remove } from "./remove.js";
import { RoundRobin } from "./round-robin.js";

export interface GatewayInstanceOptions extends Pick<
  BackendMemberOptions,
  "timeScale" | "probeTimeScale" | "onChange"
> {
  readonly number: number;
  readonly model: GatewayModel;
  readonly originOf: (fqdn: string) => URL;
}

/** What a rule leads to: members that may be shared with other rules, and turns that are not. */
interface Target {
  readonly members: BackendMember[];
  readonly turns: RoundRobin;
}

/** One of the gateway's machines: probes every member by itself and takes turns by itself. */
export class GatewayInstance {
  readonly number: number;
  /** By pool and settings: a member behind two settings blocks is probed twice, as on Azure. */
  private readonly members = new Map<string, BackendMember[]>();
  private readonly targets = new Map<ForwardAction, Target>();

  constructor({ number, model, originOf, ...shared }: GatewayInstanceOptions) {
    this.number = number;
    for (const action of forwardActions(model)) {
      const { pool, settings } = action;
      const key = `${pool.name}/${settings.name}`;
      const members =
        this.members.get(key) ??
        pool.members.map((fqdn) => {
          const origin = originOf(fqdn);
          return new BackendMember({ ...shared, instance: number, pool: pool.name, settings, fqdn, origin });
        });
      this.members.set(key, members);
      this.targets.set(action, { members, turns: new RoundRobin() });
    }
  }

  /** Whose turn it is among the healthy members, or undefined if there is none. */
  choose(action: ForwardAction): BackendMember | undefined {
    const target = this.targets.get(action);
    return target?.turns.next(target.members, mayServe);
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
    for (const members of this.members.values()) for (const member of leaving) remove(members, member);
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

function mayServe(member: BackendMember): boolean {
  return member.mayServe;
}

import { type ITerraformDependable, type TerraformResource } from "cdktf";
import { type Construct } from "constructs";
import { DEFAULT_FOUNDRY_ROUTES } from "../rules/defaults.js";
import { addDependencies, addDependencyUnlessCircular } from "./dependency.js";
import { Grant } from "./grant.js";
import { type BoundBackend } from "./openai-backend.js";
import { type IPrincipal } from "./principal.js";
import { valueKey } from "./reference.js";
import { checkPrincipalType, Role } from "./role.js";

/** What the callers of a gateway depend on. */
interface CallersProps {
  /** Waits for the roles on the accounts of its pool. */
  readonly gateway: TerraformResource;
  /** Whether they may call the other routes of Foundry accounts as well. */
  readonly foundryRoutes: boolean | undefined;
  /** The lock of an account, if it has one. */
  readonly lockOf: (backend: BoundBackend) => TerraformResource | undefined;
}

/** Who may call the models: each of them holds the roles on every account of the pool. */
export class Callers {
  private readonly members = new Map<string, IPrincipal>();
  private readonly roles: readonly Role[];

  /** @param scope the grants are made in its stack: on an account of another stack, that stack would depend on this one. */
  constructor(
    private readonly scope: Construct,
    private readonly props: CallersProps,
  ) {
    const { foundryRoutes = DEFAULT_FOUNDRY_ROUTES } = props;
    this.roles = foundryRoutes ? [Role.OPENAI_USER, Role.COGNITIVE_SERVICES_USER] : [Role.OPENAI_USER];
  }

  /** In the order of their addition. */
  get principals(): readonly IPrincipal[] {
    return [...this.members.values()];
  }

  /** Whether the principal is one of them. */
  has({ principalId }: IPrincipal): boolean {
    return this.members.has(valueKey(this.scope, principalId));
  }

  /**
   * Adds a principal, and grants it the roles on the accounts so far.
   * @throws ValidationError for an object id that was granted the role as another type of principal.
   */
  add(principal: IPrincipal, backends: readonly BoundBackend[]): Grant {
    checkPrincipalType(this.scope, principal);
    const key = valueKey(this.scope, principal.principalId);
    this.members.set(key, this.members.get(key) ?? principal);
    return Grant.combine(backends.flatMap((backend) => this.grantOn(backend, principal) ?? []));
  }

  /** Grants all of them the roles on an account that joins the pool. */
  admitTo(backend: BoundBackend): void {
    for (const principal of this.members.values()) this.grantOn(backend, principal);
  }

  private grantOn(backend: BoundBackend, principal: IPrincipal): Grant | undefined {
    const { account, isDrained } = backend;
    if (!account) return undefined;
    const { accountId, provider } = account;
    const grant = Grant.combine(this.roles.map((role) => role.grant(this.scope, accountId, principal, provider)));
    // What is granted on a locked account cannot be revoked while it is locked.
    const lock = this.props.lockOf(backend);
    if (lock) addDependencies(lock, grant.dependables);
    const dependencies: readonly ITerraformDependable[] = isDrained ? [] : grant.dependables;
    for (const dependency of dependencies) addDependencyUnlessCircular(this.props.gateway, dependency);
    return grant;
  }
}

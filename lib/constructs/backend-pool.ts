import { type ApplicationGatewayBackendAddressPool } from "@cdktf/provider-azurerm/lib/application-gateway";
import { Token } from "cdktf";
import { type IConstruct } from "constructs";
import { MAX_BACKENDS } from "../rules/gateway.js";
import { backendFqdnProblem, normalizeFqdn } from "../rules/host-name.js";
import { valueKey } from "./reference.js";
import { validate, ValidationError } from "./validation.js";

/** Host names that requests are spread over in turn. */
export class BackendPool {
  /**
   * A pool with members.
   * @throws ValidationError for one that {@link BackendPool.add} refuses.
   */
  static of(scope: IConstruct, name: string, fqdns: readonly string[]): BackendPool {
    const pool = new BackendPool(scope, name);
    for (const fqdn of fqdns) pool.add(fqdn);
    return pool;
  }

  private readonly members = new Map<string, string>();

  constructor(
    private readonly scope: IConstruct,
    /** The name of its block. */
    readonly name: string,
  ) {}

  /** Its members, in the order of their addition. */
  get fqdns(): readonly string[] {
    return [...this.members.values()];
  }

  /**
   * Adds a host name.
   * @throws ValidationError for a malformed name, one that is in the pool, or one too many.
   */
  add(fqdn: string): void {
    validate(this.scope, "backend.fqdn", fqdn, backendFqdnProblem);
    const member = Token.isUnresolved(fqdn) ? fqdn : normalizeFqdn(fqdn);
    const key = valueKey(this.scope, fqdn);
    if (this.members.has(key))
      throw new ValidationError(this.scope, `backend.fqdn: "${member}" is listed twice; list each endpoint once`);
    if (this.members.size >= MAX_BACKENDS) {
      throw new ValidationError(
        this.scope,
        `backends: a gateway takes ${MAX_BACKENDS} at most; leave some out, or use a second gateway`,
      );
    }
    this.members.set(key, member);
  }

  /** The gateway's block. */
  _render(): ApplicationGatewayBackendAddressPool {
    return { name: this.name, fqdns: [...this.fqdns] };
  }
}

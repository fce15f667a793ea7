import { type ApplicationGatewaySslPolicy } from "@cdktf/provider-azurerm/lib/application-gateway";
import { type IConstruct } from "constructs";
import { DEFAULT_TLS_POLICY_NAME } from "../rules/defaults.js";
import { isKnownTlsPolicy, tlsPolicyProblem } from "../rules/tls-policy.js";
import { warn } from "./warning.js";

/**
 * The predefined TLS policy of a listener: which versions and ciphers it takes.
 * @see https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview
 */
export class TlsPolicy {
  /** TLS 1.2 and 1.3, no CBC ciphers. */
  static readonly APP_GW_SSL_POLICY_20220101S = new TlsPolicy("AppGwSslPolicy20220101S");
  /** TLS 1.2 and 1.3. */
  static readonly APP_GW_SSL_POLICY_20220101 = new TlsPolicy("AppGwSslPolicy20220101");
  /** TLS 1.2. */
  static readonly APP_GW_SSL_POLICY_20170401S = new TlsPolicy("AppGwSslPolicy20170401S");

  /**
   * A policy that this version does not know.
   * @throws TypeError for a name that is not formed like one, or a policy that Azure has ended.
   */
  static of(name: string): TlsPolicy {
    const problem = tlsPolicyProblem(name);
    if (problem) throw new TypeError(`tlsPolicy: ${problem}`);
    return new TlsPolicy(name);
  }

  private constructor(
    /** Azure's name of it. */
    readonly name: string,
  ) {}

  /**
   * The gateway's block. Warns of a policy that this version does not know.
   * @internal
   */
  _render(scope: IConstruct): ApplicationGatewaySslPolicy {
    if (!isKnownTlsPolicy(this.name))
      warn(scope, `tlsPolicy: ${this.name} is not known to this version; Azure refuses it if it does not exist`);
    return { policyType: "Predefined", policyName: this.name };
  }
}

/** The policy of a listener that is given none. */
export const DEFAULT_TLS_POLICY = TlsPolicy.of(DEFAULT_TLS_POLICY_NAME);

import { Annotations, Fn, Token } from "cdktf";
import { type IConstruct } from "constructs";
import { DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT } from "../rules/defaults.js";
import { portProblem, redirectPortProblem } from "../rules/gateway.js";
import {
  hasWildcard,
  hostNamesProblem,
  listenerHostNameProblem,
  normalizeFqdn,
  redirectsByDefault,
  redirectTargetProblem,
} from "../rules/host-name.js";
import { isKnownTlsPolicy } from "../rules/tls-policy.js";
import { type GatewayCertificate } from "./gateway-certificate.js";
import { DEFAULT_TLS_POLICY, type TlsPolicy } from "./tls-policy.js";
import { isAnyUnresolved, isListToken, refuse, validate, validateAll } from "./validation.js";

export interface HttpListenerProps {
  /** 1 to 64999. @default 80 */
  readonly port?: number;
  /**
   * Host names that are answered, at most 5, with `*` and `?` as wildcards; a request for another is a 404.
   * @default any
   */
  readonly hostNames?: readonly string[];
}

export interface HttpsListenerProps extends Omit<HttpListenerProps, "port"> {
  /** 1 to 64999. @default 443 */
  readonly port?: number;
  readonly certificate: GatewayCertificate;
  /**
   * Whether port 80 sends clients to HTTPS.
   * @default true, unless a host name has wildcards, to which Azure does not redirect, or only Terraform knows the list
   */
  readonly redirectHttp?: boolean;
  /** @default TlsPolicy.APP_GW_SSL_POLICY_20220101S */
  readonly tlsPolicy?: TlsPolicy;
}

/** Where clients reach the gateway. */
export class GatewayListener {
  static https(props: HttpsListenerProps): GatewayListener {
    return new GatewayListener("Https", props.port ?? DEFAULT_HTTPS_PORT, props.hostNames ?? [], {
      certificate: props.certificate,
      redirectHttp: props.redirectHttp,
      tlsPolicy: props.tlsPolicy,
    });
  }

  /** Without encryption: tokens and keys travel in clear. For trials on networks that you trust. */
  static http(props: HttpListenerProps = {}): GatewayListener {
    return new GatewayListener("Http", props.port ?? DEFAULT_HTTP_PORT, props.hostNames ?? [], { redirectHttp: false });
  }

  /** In lower case, as Azure compares them. */
  readonly hostNames: readonly string[];
  readonly certificate?: GatewayCertificate;
  readonly redirectHttp: boolean;
  readonly tlsPolicy: TlsPolicy;
  private readonly isRedirectLeftOut: boolean;

  private constructor(
    readonly protocol: "Http" | "Https",
    readonly port: number,
    hostNames: readonly string[],
    tls: { certificate?: GatewayCertificate; redirectHttp?: boolean; tlsPolicy?: TlsPolicy },
  ) {
    this.hostNames = isAnyUnresolved(hostNames) ? hostNames : hostNames.map(normalizeFqdn);
    this.certificate = tls.certificate;
    this.redirectHttp = tls.redirectHttp ?? (!isListToken(this.hostNames) && redirectsByDefault(this.hostNames));
    this.isRedirectLeftOut = tls.redirectHttp === undefined && !this.redirectHttp;
    this.tlsPolicy = tls.tlsPolicy ?? DEFAULT_TLS_POLICY;
  }

  /** Every port that clients connect to. */
  get ports(): readonly number[] {
    return this.redirectHttp ? [this.port, DEFAULT_HTTP_PORT] : [this.port];
  }

  /** The base URL for a client that reaches the gateway under `host`. */
  url(host: string): string {
    const isDefaultPort = this.port === (this.protocol === "Https" ? DEFAULT_HTTPS_PORT : DEFAULT_HTTP_PORT);
    return `${this.protocol.toLowerCase()}://${host}${isDefaultPort ? "" : `:${this.port}`}`;
  }

  /** The first host name that a client can send a request to: one without wildcards, as far as it is known. */
  get plainHostName(): string | undefined {
    if (isListToken(this.hostNames)) return Token.asString(Fn.element([...this.hostNames], 0));
    return this.hostNames.find((name) => !hasWildcard(name));
  }

  /** @throws ValidationError for anything that Azure would refuse. Warns of what is legal but unwise. */
  validate(scope: IConstruct): void {
    validate(scope, "listener.port", this.port, portProblem);
    if (!isAnyUnresolved(this.hostNames)) refuse(scope, "listener.hostNames", hostNamesProblem(this.hostNames));
    validateAll(scope, "listener.hostNames", this.hostNames, listenerHostNameProblem);
    if (this.redirectHttp) {
      validate(scope, "listener.port", this.port, redirectPortProblem);
      if (!isAnyUnresolved(this.hostNames))
        refuse(scope, "listener.redirectHttp", redirectTargetProblem(this.hostNames));
    }
    if (this.isRedirectLeftOut) {
      Annotations.of(scope).addWarning(
        isListToken(this.hostNames)
          ? "port 80 does not send clients to HTTPS: Azure redirects to no several host names, and only Terraform knows how many there are; set redirectHttp to false if that is meant, to true if it is one"
          : "port 80 does not send clients to HTTPS: Azure redirects to no wildcards in host names; set redirectHttp to false if that is meant",
      );
    }
    if (this.protocol === "Http") {
      Annotations.of(scope).addWarning(
        "the listener is HTTP: bearer tokens, API keys and prompts travel in clear; use HTTPS for anything but a trial",
      );
    }
    if (!isKnownTlsPolicy(this.tlsPolicy.name)) {
      Annotations.of(scope).addWarning(
        `TLS policy ${this.tlsPolicy.name} is not known here; Azure will refuse it if it does not exist`,
      );
    }
  }
}

import { Fn, Token } from "cdktf";
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
import { GatewayCertificate } from "./gateway-certificate.js";
import { DEFAULT_TLS_POLICY, type TlsPolicy } from "./tls-policy.js";
import { isAnyUnresolved, isListToken, refuse, validate, validateAll } from "./validation.js";
import { warn } from "./warning.js";

/** How clients talk to a listener. */
export enum ListenerProtocol {
  /** Without encryption. */
  HTTP = "Http",
  /** With TLS. */
  HTTPS = "Https",
}

/** Props of {@link GatewayListener.http}. */
export interface HttpListenerProps {
  /**
   * 1 to 64999.
   *
   * @default 80
   */
  readonly port?: number;
  /**
   * Host names that are answered, at most 5, with `*` and `?` as wildcards; a request for another is a 404.
   *
   * @default - any
   */
  readonly hostNames?: readonly string[];
}

/** Props of {@link GatewayListener.https}. */
export interface HttpsListenerProps extends Omit<HttpListenerProps, "port"> {
  /**
   * 1 to 64999.
   *
   * @default 443
   */
  readonly port?: number;
  /** Where the TLS certificate comes from. */
  readonly certificate: GatewayCertificate;
  /**
   * Whether port 80 sends clients to HTTPS.
   *
   * @default - true, unless a host name has wildcards, to which Azure cannot redirect, or the list is known only after apply
   */
  readonly redirectHttp?: boolean;
  /**
   * The TLS versions and ciphers that clients may use.
   *
   * @default TlsPolicy.APP_GW_SSL_POLICY_20220101S
   */
  readonly tlsPolicy?: TlsPolicy;
}

/** Where clients reach the gateway. */
export class GatewayListener {
  /** With TLS. */
  static https(props: HttpsListenerProps): GatewayListener {
    return new GatewayListener(ListenerProtocol.HTTPS, props.port ?? DEFAULT_HTTPS_PORT, props.hostNames ?? [], {
      certificate: props.certificate,
      redirectHttp: props.redirectHttp,
      tlsPolicy: props.tlsPolicy,
    });
  }

  /** Without encryption: tokens and keys travel in clear text. For trials on networks that you trust. */
  static http(props: HttpListenerProps = {}): GatewayListener {
    return new GatewayListener(ListenerProtocol.HTTP, props.port ?? DEFAULT_HTTP_PORT, props.hostNames ?? [], {
      redirectHttp: false,
    });
  }

  /** In lower case, as Azure compares them. */
  readonly hostNames: readonly string[];
  /** Where the TLS certificate comes from; absent without TLS. */
  readonly certificate?: GatewayCertificate;
  /** Whether port 80 sends clients to HTTPS. */
  readonly redirectHttp: boolean;
  /** The TLS versions and ciphers that clients may use. */
  readonly tlsPolicy: TlsPolicy;
  /** Whether it has a policy because none was given. */
  readonly hasDefaultTlsPolicy: boolean;
  private readonly isRedirectLeftOut: boolean;

  private constructor(
    /** How clients talk to it. */
    readonly protocol: ListenerProtocol,
    /** The port that clients send requests to. */
    readonly port: number,
    hostNames: readonly string[],
    tls: { certificate?: GatewayCertificate; redirectHttp?: boolean; tlsPolicy?: TlsPolicy },
  ) {
    this.hostNames = isAnyUnresolved(hostNames) ? hostNames : hostNames.map(normalizeFqdn);
    this.certificate = tls.certificate;
    this.redirectHttp = tls.redirectHttp ?? (!isListToken(this.hostNames) && redirectsByDefault(this.hostNames));
    this.isRedirectLeftOut = tls.redirectHttp === undefined && !this.redirectHttp;
    this.tlsPolicy = tls.tlsPolicy ?? DEFAULT_TLS_POLICY;
    this.hasDefaultTlsPolicy = tls.tlsPolicy === undefined;
  }

  /** Every port that clients connect to. */
  get ports(): readonly number[] {
    return this.redirectHttp ? [this.port, DEFAULT_HTTP_PORT] : [this.port];
  }

  /** The base URL for a client that reaches the gateway under `host`. */
  url(host: string): string {
    const isDefaultPort =
      this.port === (this.protocol === ListenerProtocol.HTTPS ? DEFAULT_HTTPS_PORT : DEFAULT_HTTP_PORT);
    return `${this.protocol.toLowerCase()}://${host}${isDefaultPort ? "" : `:${this.port}`}`;
  }

  /** The first host name that a client can send a request to: one without wildcards, as far as it is known. */
  get plainHostName(): string | undefined {
    if (isListToken(this.hostNames)) return Token.asString(Fn.element([...this.hostNames], 0));
    return this.hostNames.find((name) => !hasWildcard(name));
  }

  /**
   * The same for one host name, without a redirect.
   * @internal
   */
  _forHostName(hostName: string): GatewayListener {
    const certificate = this.certificate && GatewayCertificate.ofMainListener();
    return new GatewayListener(this.protocol, this.port, [hostName], { certificate, redirectHttp: false });
  }

  /**
   * Warns of what is legal but unwise.
   * @throws ValidationError for anything that Azure would refuse.
   * @internal
   */
  _check(scope: IConstruct): void {
    this.validate(scope);
    this.warn(scope);
  }

  private validate(scope: IConstruct): void {
    validate(scope, "listener.port", this.port, portProblem);
    if (!isAnyUnresolved(this.hostNames)) refuse(scope, "listener.hostNames", hostNamesProblem(this.hostNames));
    validateAll(scope, "listener.hostNames", this.hostNames, listenerHostNameProblem);
    if (!this.redirectHttp) return;
    validate(scope, "listener.port", this.port, redirectPortProblem);
    if (!isAnyUnresolved(this.hostNames)) refuse(scope, "listener.redirectHttp", redirectTargetProblem(this.hostNames));
  }

  private warn(scope: IConstruct): void {
    if (this.isRedirectLeftOut) {
      warn(
        scope,
        isListToken(this.hostNames)
          ? "listener.redirectHttp: port 80 does not redirect to HTTPS, because Azure cannot redirect to several host names and their number is known only after apply; set it to true if there is one host name, to false if this is intended"
          : "listener.redirectHttp: port 80 does not redirect to HTTPS, because Azure cannot redirect to a wildcard host name; set it to false if this is intended",
      );
    }
    if (this.protocol === ListenerProtocol.HTTP) {
      warn(
        scope,
        "listener: HTTP sends bearer tokens, API keys and prompts in clear text; use HTTPS for anything but a trial",
      );
    }
  }
}

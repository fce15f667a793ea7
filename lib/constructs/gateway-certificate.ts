import { type ApplicationGatewaySslCertificate } from "@cdktf/provider-azurerm/lib/application-gateway";
import { DataAzurermClientConfig } from "@cdktf/provider-azurerm/lib/data-azurerm-client-config";
import { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault";
import { KeyVaultCertificate } from "@cdktf/provider-azurerm/lib/key-vault-certificate";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { isVersionedSecretAttribute } from "../rules/attribute.js";
import { DEFAULT_GRANT_ACCESS } from "../rules/defaults.js";
import { certificateDnsNameProblem } from "../rules/host-name.js";
import {
  isVersioned,
  normalizeSecretId,
  secretIdProblem,
  secretInVaultProblem,
  subjectProblem,
  trialVaultName,
} from "../rules/key-vault.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { certificateTagsProblem } from "../rules/tags.js";
import { claimUniqueName } from "./claimed-name.js";
import { type IManagedIdentity } from "./managed-identity.js";
import { type Placement } from "./placement.js";
import { attributeReference } from "./reference.js";
import { Role } from "./role.js";
import {
  checkedResourceId,
  isAnyUnresolved,
  isListToken,
  refuse,
  validate,
  validateAll,
  ValidationError,
} from "./validation.js";
import { warn } from "./warning.js";

/** Months that a self-signed certificate is valid; Key Vault renews it before. */
export const SELF_SIGNED_VALIDITY_MONTHS = 12;
/** Days before its end when Key Vault renews a self-signed certificate. */
export const SELF_SIGNED_RENEWAL_DAYS = 30;

/** Props of {@link GatewayCertificate.fromKeyVault}. */
export interface KeyVaultCertificateProps {
  /** The vault's Azure resource id. */
  readonly keyVaultId: string;
  /** The certificate's secret id, without version: the gateway then takes a renewed certificate within 4 hours. */
  readonly secretId: string;
  /**
   * Whether the gateway's identity is granted `Key Vault Secrets User` on the vault. Set it to false where the identity can
   * read the secret already, or where the vault uses access policies, on which the role has no effect. If this app creates
   * what lets it read the secret, put that into the load balancer's `dependsOn`, with a `gatewayIdentity` of your own.
   *
   * @default true
   */
  readonly grantAccess?: boolean;
}

/** Props of {@link GatewayCertificate.selfSigned}. */
export interface SelfSignedCertificateProps {
  /**
   * X.500 name.
   *
   * @default - "CN=" and the listener's first host name, or the gateway's name
   */
  readonly subject?: string;
  /**
   * Names that the certificate is for.
   *
   * @default - the listener's host names
   */
  readonly dnsNames?: readonly string[];
  /**
   * Name of the vault that is created for it, 3 to 24 letters, digits and hyphens. It is unique in the whole of Azure: set it
   * where the default, known at synthesis, is taken.
   *
   * @default - "kv-", the gateway's name cut short, and a hash of the construct's path
   */
  readonly keyVaultName?: string;
}

/**
 * What a certificate takes from the gateway that uses it.
 * @internal
 */
export interface GatewayCertificateContext extends Placement {
  /** The gateway's name. */
  readonly name: string;
  /** The gateway's identity, which reads the certificate. */
  readonly identity: IManagedIdentity;
}

/** What a certificate takes from its gateway and its listener. */
interface RenderContext extends GatewayCertificateContext {
  readonly hostNames: readonly string[];
  /** The name of the certificate's block. */
  readonly blockName: string;
  /** The name of the block of the main listener's certificate, if it has one and is another. */
  readonly mainBlockName: string | undefined;
}

interface RenderedCertificate {
  /** The name of its block. */
  readonly name: string;
  /** Undefined where the main listener has it already. */
  readonly block: ApplicationGatewaySslCertificate | undefined;
  /** What lets the gateway read it: has to be there first. */
  readonly dependencies: readonly ITerraformDependable[];
}

/** Where the listener's TLS certificate comes from. */
export abstract class GatewayCertificate {
  /** A certificate in an existing Key Vault. */
  static fromKeyVault(props: KeyVaultCertificateProps): GatewayCertificate {
    return new ExistingCertificate(props);
  }

  /** For trials: a certificate that clients do not trust, in a Key Vault that is created for it. */
  static selfSigned(props: SelfSignedCertificateProps = {}): GatewayCertificate {
    return new SelfSignedCertificate(props);
  }

  /** For a listener besides the main one: the main one's, which then has to cover its host names too. */
  static ofMainListener(): GatewayCertificate {
    return new MainListenerCertificate();
  }

  /** Exists in the type only: without it, any object would be assignable to the published type. */
  declare protected readonly nominal: true;

  /**
   * The gateway's block, and what has to exist before it.
   * @throws ValidationError for anything that Azure would refuse.
   * @internal
   */
  abstract _render(scope: IConstruct, context: RenderContext): RenderedCertificate;
}

class ExistingCertificate extends GatewayCertificate {
  constructor(private readonly props: KeyVaultCertificateProps) {
    super();
  }

  _render(parent: Construct, { identity, blockName }: RenderContext): RenderedCertificate {
    const scope = new Construct(parent, "Certificate");
    const { keyVaultId, secretId, grantAccess = DEFAULT_GRANT_ACCESS } = this.props;
    const vaultId = checkedResourceId(scope, "keyVaultId", keyVaultId, RESOURCE_TYPES.keyVault);
    validate(scope, "secretId", secretId, secretIdProblem);
    if (!isAnyUnresolved(vaultId, secretId)) refuse(scope, "secretId", secretInVaultProblem(secretId, vaultId));
    const reference = attributeReference(scope, secretId);
    if (reference ? isVersionedSecretAttribute(reference) : isVersioned(secretId)) {
      warn(
        scope,
        "secretId: it names one version of the certificate, so the gateway never takes a renewed one; leave the version out",
      );
    }
    return {
      name: blockName,
      block: {
        name: blockName,
        keyVaultSecretId: Token.isUnresolved(secretId) ? secretId : normalizeSecretId(secretId),
      },
      dependencies: grantAccess ? Role.KEY_VAULT_SECRETS_USER.grant(scope, vaultId, identity).dependables : [],
    };
  }
}

class SelfSignedCertificate extends GatewayCertificate {
  constructor(private readonly props: SelfSignedCertificateProps) {
    super();
  }

  _render(parent: Construct, context: RenderContext): RenderedCertificate {
    const scope = new Construct(parent, "Certificate");
    const { location, resourceGroupName, identity, tags } = context;
    const keyVaultName = this.props.keyVaultName ?? defaultVaultName(scope, context.name);
    const { subject, dnsNames } = this.names(scope, context);
    validate(scope, "keyVaultName", keyVaultName, nameProblem("keyVault"));
    claimUniqueName(scope, "keyVaultName", "vault name", keyVaultName, "across Azure");
    validate(scope, "tags", tags, certificateTagsProblem);

    const deployer = new DataAzurermClientConfig(scope, "Deployer", {});
    // Access policies take effect at once. Role assignments take minutes, and the certificate and the gateway, created in
    // the same apply, would be refused.
    const vault = new KeyVault(scope, "KeyVault", {
      name: keyVaultName,
      location,
      resourceGroupName,
      tenantId: deployer.tenantId,
      skuName: "standard",
      rbacAuthorizationEnabled: false,
      softDeleteRetentionDays: 7,
      accessPolicy: [
        {
          tenantId: deployer.tenantId,
          objectId: deployer.objectId,
          certificatePermissions: ["Create", "Delete", "Get", "Import", "List", "Purge", "Recover", "Update"],
          secretPermissions: ["Get"],
        },
        { tenantId: deployer.tenantId, objectId: identity.principalId, secretPermissions: ["Get"] },
      ],
      tags,
    });
    const certificate = new KeyVaultCertificate(scope, "Resource", {
      name: "listener",
      keyVaultId: vault.id,
      certificatePolicy: {
        issuerParameters: { name: "Self" },
        keyProperties: { exportable: true, keyType: "RSA", keySize: 2048, reuseKey: false },
        secretProperties: { contentType: "application/x-pkcs12" },
        lifetimeAction: [
          { action: { actionType: "AutoRenew" }, trigger: { daysBeforeExpiry: SELF_SIGNED_RENEWAL_DAYS } },
        ],
        x509CertificateProperties: {
          subject,
          ...(dnsNames.length > 0 && { subjectAlternativeNames: { dnsNames: [...dnsNames] } }),
          keyUsage: ["digitalSignature", "keyEncipherment"],
          extendedKeyUsage: [SERVER_AUTHENTICATION],
          validityInMonths: SELF_SIGNED_VALIDITY_MONTHS,
        },
      },
      tags,
    });
    return {
      name: context.blockName,
      block: { name: context.blockName, keyVaultSecretId: certificate.versionlessSecretId },
      dependencies: [certificate],
    };
  }

  private names(scope: Construct, { name, hostNames }: RenderContext) {
    const isName = (host: string) => Token.isUnresolved(host) || certificateDnsNameProblem(host) === undefined;
    const dnsNames = this.props.dnsNames ?? (isListToken(hostNames) ? hostNames : hostNames.filter(isName));
    const commonName = [...dnsNames, name].find((candidate) => subjectProblem(`CN=${candidate}`) === undefined) ?? name;
    const subject = this.props.subject ?? `CN=${commonName}`;
    validate(scope, "subject", subject, subjectProblem);
    validateAll(scope, "dnsNames", dnsNames, certificateDnsNameProblem);
    return { subject, dnsNames };
  }
}

class MainListenerCertificate extends GatewayCertificate {
  _render(scope: IConstruct, { mainBlockName }: RenderContext): RenderedCertificate {
    if (mainBlockName !== undefined) return { name: mainBlockName, block: undefined, dependencies: [] };
    throw new ValidationError(
      scope,
      "certificate: the main listener has none to share; give this listener one of its own, or the main one HTTPS",
    );
  }
}

/** The extended key usage of a TLS server. */
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

function defaultVaultName(scope: Construct, name: string): string {
  if (!Token.isUnresolved(name)) return trialVaultName(name, scope.node.path);
  throw new ValidationError(
    scope,
    "keyVaultName: has no default where the gateway's name is known only after apply; set it",
  );
}

import { collisionProblems } from "../rules/folder.js";
import { openAiDomain } from "../rules/location.js";
import { parseResourceId, RESOURCE_TYPES } from "../rules/resource-id.js";
import { type AccountConfig } from "./backend-config.js";
import { type ConfigFile } from "./config-file.js";
import { type GatewayConfig } from "./gateway-config.js";
import { type JsonPath } from "./json-text.js";
import { type PlacedProblem } from "./schema-problems.js";

type GatewayFile = ConfigFile<GatewayConfig>;

/** Something that only one gateway of a folder can have. */
interface Claim {
  /** What it is, in one spelling. */
  readonly key: string;
  readonly path: JsonPath;
  readonly problem: (other: string) => string;
}

/** What gateways of one folder have in common and may not, reported at the later file. */
export function collisions(
  gateways: readonly GatewayFile[],
): { readonly file: GatewayFile; readonly problems: readonly PlacedProblem[] }[] {
  const owners = new Map<string, string>();
  return gateways.map((file) => {
    const problems = claims(file.config).flatMap(({ key, path, problem }) => {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, file.file);
      return owner === undefined || owner === file.file ? [] : [{ path, problem: problem(owner) }];
    });
    return { file, problems };
  });
}

function claims(config: GatewayConfig): Claim[] {
  const { name, resourceGroup, subscriptionId = "" } = config;
  const group = groupKey(subscriptionId, resourceGroup.name);
  return [
    claim(["name", name], ["name"], (other) => collisionProblems.name(name, other)),
    ...(resourceGroup.kind === "new"
      ? [
          claim(["group", group], ["resourceGroup"], (other) =>
            collisionProblems.resourceGroup(resourceGroup.name, other),
          ),
        ]
      : []),
    ...addressClaims(config),
    ...accountClaims(config),
    ...zoneClaims(config, group),
    ...stateClaims(config),
    ...grantClaims(config),
  ];
}

function addressClaims({ network: { frontend }, location }: GatewayConfig): Claim[] {
  if (frontend.kind === "Private") return [];
  const { publicAddress } = frontend;
  if (publicAddress.kind === "existing") {
    const { publicIpAddressId: id } = publicAddress;
    return [claim(["address", id], ["network", "publicIpAddressId"], collisionProblems.publicIpAddress)];
  }
  const { dnsLabel } = publicAddress;
  if (dnsLabel === undefined) return [];
  return [
    claim(["label", location, dnsLabel], ["network", "dnsLabel"], (other) =>
      collisionProblems.dnsLabel(dnsLabel, other),
    ),
  ];
}

function accountClaims(config: GatewayConfig): Claim[] {
  return config.backends.flatMap((backend, at) => {
    if (backend.kind !== "new account") return [];
    const { name, location, customSubdomain } = backend.account;
    const subdomain = customSubdomain ?? name.toLowerCase();
    const path: JsonPath = ["backends", at, "account"];
    const { group, created } = accountGroup(config, backend.account);
    return [
      ...(created === undefined
        ? []
        : [
            claim(["group", group], [...path, "resourceGroup"], (other) =>
              collisionProblems.resourceGroup(created, other),
            ),
          ]),
      claim(["account", group, name], [...path, "name"], (other) => collisionProblems.account(name, other)),
      claim(["subdomain", openAiDomain(location), subdomain], [...path, "customSubdomain"], (other) =>
        collisionProblems.subdomain(subdomain, other),
      ),
    ];
  });
}

/** Where an account is created, and the name of its group where that is created for it. */
function accountGroup(
  { name, subscriptionId = "", resourceGroup }: GatewayConfig,
  account: AccountConfig,
): { readonly group: string; readonly created: string | undefined } {
  const isElsewhere = account.subscriptionId !== undefined && account.subscriptionId !== subscriptionId;
  const own = account.resourceGroup ?? (isElsewhere ? { kind: "new" as const, name: `rg-${name}` } : undefined);
  return {
    group: groupKey(account.subscriptionId ?? subscriptionId, (own ?? resourceGroup).name),
    created: own?.kind === "new" ? own.name : undefined,
  };
}

function groupKey(subscriptionId: string, name: string): string {
  return `${subscriptionId}/${name}`;
}

/** Private DNS zones have fixed names, so that a group has one of each. */
function zoneClaims({ accountNetwork, backends }: GatewayConfig, group: string): Claim[] {
  if (accountNetwork?.kind !== "private endpoints" || accountNetwork.dnsZoneIds !== undefined) return [];
  if (!backends.some(({ kind }) => kind === "new account")) return [];
  return [claim(["zones", group], ["accountNetwork", "privateEndpoints"], collisionProblems.zones)];
}

function stateClaims({ state }: GatewayConfig): Claim[] {
  if (!state) return [];
  const { storageAccountName, containerName, key } = state.azurerm;
  return [
    claim(["state", storageAccountName, containerName, key], ["state", "azurerm", "key"], collisionProblems.state),
  ];
}

/** Azure takes one assignment for a principal, role and scope; two stacks would make two. */
function grantClaims({ backends, access, listener, gatewayIdentity }: GatewayConfig): Claim[] {
  const accounts = backends.flatMap((backend) => (backend.kind === "existing account" ? [backend] : []));
  const grants = access.principals.flatMap(({ id }, at) =>
    accounts.map(({ accountId, fqdn }) => {
      const account = parseResourceId(accountId, RESOURCE_TYPES.account).id;
      return claim(["grant", account, id], ["access", "principals", at, "id"], (other) =>
        collisionProblems.grant(id, fqdn, other),
      );
    }),
  );
  const certificate = listener.protocol === "Https" ? listener.certificate : undefined;
  if (certificate?.kind !== "key vault" || !certificate.grantAccess || gatewayIdentity === undefined) return grants;
  const vault = parseResourceId(certificate.keyVaultId, RESOURCE_TYPES.keyVault).id;
  return [
    ...grants,
    claim(["vault", vault, gatewayIdentity.principalId], ["gatewayIdentity"], collisionProblems.vaultGrant),
  ];
}

function claim(words: readonly string[], path: JsonPath, problem: Claim["problem"]): Claim {
  return { key: words.map((word) => word.toLowerCase()).join("\n"), path, problem };
}

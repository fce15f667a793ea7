import { nameAttributeProblem } from "./attribute.js";
import { type Problem, quote, type Rule } from "./problem.js";

interface NameRule {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
  readonly allowed: string;
}

/**
 * What Azure allows in the name of each type of resource.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
const NAME_RULES = {
  resourceGroup: {
    what: "a resource group",
    min: 1,
    max: 90,
    pattern: /^[-\w.()]*[-\w()]$/,
    allowed: "letters, digits, underscores, hyphens, periods and parentheses, no period at the end",
  },
  network: networkName("a virtual network", 2, 64),
  securityGroup: networkName("a network security group", 1, 80),
  publicIpAddress: networkName("a public IP address", 1, 80),
  subnet: networkName("a subnet", 1, 80),
  gateway: networkName("an application gateway", 1, 80),
  firewallPolicy: networkName("a web application firewall policy", 1, 80),
  identity: {
    what: "a user-assigned identity",
    min: 3,
    max: 128,
    pattern: /^[A-Za-z0-9][-\w]*$/,
    allowed: "letters, digits, hyphens and underscores, a letter or digit first",
  },
  keyVault: {
    what: "a key vault",
    min: 3,
    max: 24,
    pattern: /^[A-Za-z](?!.*--)[-A-Za-z0-9]*[A-Za-z0-9]$/,
    allowed: "letters, digits and single hyphens, a letter first, a letter or digit last",
  },
  /** Azure's error for a wrong one allows underscores, which its documentation does not. */
  account: {
    what: "an Azure OpenAI account",
    min: 2,
    max: 64,
    pattern: /^[A-Za-z0-9][-\w]*[A-Za-z0-9]$/,
    allowed: "letters, digits, and inner hyphens and underscores",
  },
  customSubdomain: {
    what: "a custom subdomain",
    min: 2,
    max: 63,
    pattern: /^[a-z0-9][-a-z0-9]*[a-z0-9]$/,
    allowed: "lower-case letters, digits and inner hyphens",
  },
  deployment: {
    what: "a model deployment",
    min: 2,
    max: 64,
    pattern: /^[A-Za-z0-9][-\w.]*[A-Za-z0-9]$/,
    allowed: "letters, digits, and inner hyphens, underscores and periods",
  },
  backend: addressed("a backend"),
  pool: addressed("a pool"),
  listener: addressed("a listener"),
  route: addressed("a route"),
  dnsLabel: {
    what: "a DNS label",
    min: 3,
    max: 63,
    pattern: /^[a-z][-a-z0-9]*[a-z0-9]$/,
    allowed: "lower-case letters, digits and inner hyphens, a letter first",
  },
  trafficManager: {
    what: "a Traffic Manager profile",
    min: 1,
    max: 63,
    pattern: /^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/,
    allowed: "letters, digits and inner hyphens",
  },
  storageAccount: {
    what: "a storage account",
    min: 3,
    max: 24,
    pattern: /^[a-z0-9]+$/,
    allowed: "lower-case letters and digits",
  },
  storageContainer: {
    what: "a container",
    min: 3,
    max: 63,
    pattern: /^[a-z0-9](?!.*--)[-a-z0-9]*[a-z0-9]$/,
    allowed: "lower-case letters, digits and single inner hyphens",
  },
  /** The longest prefix that still gives names that Azure takes: `vnet-` and 59 characters are 64. */
  prefix: {
    what: "a prefix of resource names",
    min: 1,
    max: 59,
    pattern: /^[A-Za-z0-9]([-\w]*[A-Za-z0-9])?$/,
    allowed: "letters, digits, and inner hyphens and underscores",
  },
} satisfies Record<string, NameRule>;

export type NamedResource = keyof typeof NAME_RULES;

/** A name that Azure accepts for this type of resource. */
export function nameProblem(resource: NamedResource): Rule<string> {
  const { what, min, max, pattern, allowed } = NAME_RULES[resource];
  const check = (value: string): Problem => {
    if (value.length < min || value.length > max || !pattern.test(value))
      return `${quote(value)} is not a valid name for ${what}; allowed are ${min} to ${max} characters: ${allowed}`;
    const word = PUBLIC.includes(resource) ? reservedWord(value.toLowerCase()) : undefined;
    return (
      word && `${quote(value)} is not a valid name for ${what}; Azure reserves the word "${word}"; choose another name`
    );
  };
  return Object.assign(check, { ofAttribute: nameAttributeProblem });
}

/** An account's name that has to serve as its custom subdomain, as no other one is given. */
export function defaultSubdomainProblem(accountName: string): Problem {
  // A name that is wrong by itself is reported by itself.
  if (nameProblem("account")(accountName) !== undefined) return undefined;
  const problem = nameProblem("customSubdomain")(accountName.toLowerCase());
  return problem && `is missing, and its default, the account's name in lower case, is not allowed: ${problem}`;
}

/** A prefix, which is the stack's id as well: the construct tree refuses names that every JavaScript object has. */
export function stackNameProblem(value: string): Problem {
  if (value in {})
    return `${quote(value)} is not a valid name for a stack; JavaScript reserves the word; choose another name`;
  return nameProblem("prefix")(value);
}

/** Resources whose names are part of a public host name. */
const PUBLIC: readonly NamedResource[] = ["account", "customSubdomain", "keyVault", "dnsLabel"];

/** @see https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name */
const RESERVED_NAMES = (
  "access azure bing bizspark biztalk cortana directx dotnet dynamics excel exchange forefront groove hololens hyperv kinect lync " +
  "msdn o365 office office365 onedrive onenote outlook powerpoint sharepoint skype visio visualstudio xbox"
).split(" ");
/** Reserved inside a name too. */
export const RESERVED_PARTS = /microsoft|windows/;

function reservedWord(name: string): string | undefined {
  return RESERVED_NAMES.find((word) => name === word) ?? /^login/.exec(name)?.[0] ?? RESERVED_PARTS.exec(name)?.[0];
}

/** A name that is a segment of a path, and part of the names of the gateway's blocks, which have 80 characters. */
function addressed(what: string): NameRule {
  return {
    what,
    min: 1,
    max: 64,
    pattern: /^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/,
    allowed: "letters, digits, and inner hyphens, underscores and periods",
  };
}

/** A name that ends up in two places gives one that both take: 1 to 80 letters, digits, `_`, `.` and `-`. */
function networkName(what: string, min: number, max: number): NameRule {
  return {
    what,
    min,
    max,
    pattern: /^[A-Za-z0-9]([-\w.]*\w)?$/,
    allowed: "letters, digits, underscores, periods and hyphens, a letter or digit first, no period or hyphen last",
  };
}

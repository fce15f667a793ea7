import { type Backend, type BackendPool, type ModelDeployment, type RoleAssignment } from "./gateway-model.js";
import { type References, bareReference, isUnresolved } from "./references.js";
import { SynthesizedError } from "./synthesized-error.js";
import { type JsonObject, type TerraformResource, objects } from "./terraform-json.js";

const ACCOUNT = "azurerm_cognitive_account";

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning#cognitive-services-openai-user */
const OPENAI_USER = { id: "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd", name: "Cognitive Services OpenAI User" };

/**
 * The host names that a pool member stands for: itself, or the hosts of the account endpoints that it mentions (several
 * for all instances of one account); none if it is known only after apply.
 * @throws SynthesizedError if it is no host name
 */
export function memberFqdns(member: string, where: string, references: References): string[] {
  if (!isUnresolved(member)) {
    if (!/^[\w.-]+$/.test(member)) {
      throw new SynthesizedError(where, `expected a host name such as "east.openai.azure.com", got "${member}"`);
    }
    return [member.toLowerCase()];
  }
  const undeclared = references.undeclaredIn(member);
  if (undeclared !== undefined) {
    throw new SynthesizedError(where, `${member} refers to ${undeclared}, which is not in the file`);
  }
  const accounts = references
    .mentionedIn(member)
    .filter(({ resource, attribute }) => resource.type === ACCOUNT && attribute === "endpoint")
    .map(({ resource }) => resource);
  if (accounts.length > 0 && references.isBare(member)) {
    throw new SynthesizedError(
      where,
      `${member} is a URL, and Azure takes host names alone; write trimsuffix(trimprefix(…, "https://"), "/") around it`,
    );
  }
  // Two accounts in one expression are a choice that only Terraform makes.
  const blocks = new Set(accounts.map(({ address }) => address.replace(/\[[^\]]*\]$/, "")));
  return blocks.size > 1 ? [] : accounts.flatMap((account) => endpointHost(account) ?? []);
}

/** Every grant of Cognitive Services OpenAI User, whatever it is scoped to. */
export function roleAssignments(resources: readonly TerraformResource[]): RoleAssignment[] {
  return resources
    .filter(({ type }) => type === "azurerm_role_assignment")
    .filter(({ body }) => {
      const { role_definition_id: id, role_definition_name: name } = body;
      return name === OPENAI_USER.name || (typeof id === "string" && id.toLowerCase().endsWith(OPENAI_USER.id));
    })
    .map(({ address, body }) => ({
      address,
      scope: idTarget(body["scope"], `${address}.scope`),
      principalId: required(body["principal_id"], `${address}.principal_id`),
    }));
}

/** Ties each pool member to its account: in the file by subdomain or name, else by the name in a granted scope. */
export function backendsOf(
  pools: readonly BackendPool[],
  assignments: readonly RoleAssignment[],
  resources: readonly TerraformResource[],
): Backend[] {
  const accounts = resources.filter(({ type }) => type === ACCOUNT);
  const made = deploymentsIn(resources);
  const namesAccount = (target: string) =>
    accountName(target) !== undefined || accounts.some(({ address }) => address === target);
  return [...new Set(pools.flatMap(({ members }) => members))].map((fqdn): Backend => {
    const label = fqdn.split(".")[0];
    const inFile = accounts.find(
      ({ body }) => String(body["custom_subdomain_name"] ?? body["name"]).toLowerCase() === label,
    );
    const named = assignments.find(({ scope }) => accountName(scope)?.toLowerCase() === label)?.scope;
    // A plan has the id of an account that is there already, whose name may be another than its subdomain.
    const literal = typeof inFile?.body["id"] === "string" ? inFile.body["id"] : named;
    const account = inFile?.address ?? literal;
    if (account === undefined) return { ...NOTHING_KNOWN, fqdn };
    // What is no account may be something above this one, unless its id says otherwise.
    const covers = (target: string) => {
      if (namesAccount(target)) return target === account || target === literal;
      return (
        mayHoldAccounts(target) &&
        (literal === undefined || !target.startsWith("/") || literal.startsWith(`${target}/`))
      );
    };
    const users = assignments.filter(({ scope }) => covers(scope)).map(({ principalId }) => principalId);
    const deployments = made.filter(({ accountId }) => covers(accountId)).map(({ deployment }) => deployment);
    return {
      fqdn,
      account,
      openAiUsers: [...new Set(users)],
      // The instances of one resource block cannot always be told apart.
      deployments:
        deployments.length === 0 ? undefined : [...new Map(deployments.map((each) => [each.name, each])).values()],
      takesKeys: inFile && takesKeys(inFile),
    };
  });
}

const NOTHING_KNOWN = { account: undefined, openAiUsers: undefined, deployments: undefined, takesKeys: undefined };

/** Whether a scope is a group, a subscription or something like it; what is not known may be. */
function mayHoldAccounts(target: string): boolean {
  if (target.startsWith("/")) return !/\/resourceGroups\/[^/]+\//i.test(target);
  const type = /(?:^|\.)(azurerm_\w+)\./.exec(target)?.[1];
  return type === undefined || HOLDERS.has(type);
}

const HOLDERS = new Set(["azurerm_resource_group", "azurerm_subscription", "azurerm_management_group"]);

function deploymentsIn(resources: readonly TerraformResource[]) {
  return resources
    .filter(({ type, body }) => type === "azurerm_cognitive_deployment" && !isUnresolved(body["name"]))
    .map(({ address, body }) => {
      const name = required(body["name"], `${address}.name`);
      const model = objects(body["model"])[0]?.["name"];
      const accountId = idTarget(body["cognitive_account_id"], `${address}.cognitive_account_id`);
      const deployment: ModelDeployment = {
        name,
        model: typeof model === "string" ? model : name,
        capacityUnits: capacityUnits(objects(body["sku"])[0]),
      };
      return { deployment, accountId };
    });
}

function capacityUnits(sku: JsonObject | undefined): number | undefined {
  const capacity = Number(sku?.["capacity"]);
  return capacity > 0 && !/Provisioned/i.test(String(sku?.["name"])) ? capacity : undefined;
}

/** The provider's default is true; for an existing account only a plan shows the value. */
function takesKeys({ address, body }: TerraformResource): boolean | undefined {
  const value = body["local_auth_enabled"] ?? (/(^|\.)data\./.test(address) ? undefined : true);
  return value === undefined || isUnresolved(value) ? undefined : String(value) === "true";
}

/** Azure gives OpenAI accounts `<subdomain>.openai.azure.com`, the other kinds `<subdomain>.cognitiveservices.azure.com`. */
function endpointHost({ body }: TerraformResource): string | undefined {
  const known = body["endpoint"];
  if (typeof known === "string" && URL.canParse(known)) return new URL(known).hostname;
  const subdomain = body["custom_subdomain_name"];
  if (typeof subdomain !== "string" || subdomain === "" || isUnresolved(subdomain)) return undefined;
  return `${subdomain.toLowerCase()}.${body["kind"] === "OpenAI" ? "openai" : "cognitiveservices"}.azure.com`;
}

function accountName(scope: string): string | undefined {
  return /\/providers\/Microsoft\.CognitiveServices\/accounts\/([^/]+)$/i.exec(scope)?.[1];
}

/** An Azure resource id, or the address of the resource whose id is referred to. */
function idTarget(value: unknown, where: string): string {
  return required(value, where).replace(/\.id$/, "");
}

/** A literal, or what a bare reference refers to; a plan may have several references for one value. */
function required(given: unknown, where: string): string {
  const value = Array.isArray(given) ? given.join(" or ") : given;
  if (typeof value !== "string" || value === "") {
    throw new SynthesizedError(where, "expected a text or a reference; it is missing");
  }
  return bareReference(value) ?? value;
}

import { type Backend, type BackendPool, type RoleAssignment } from "./gateway-model.js";
import { type References, WHAT_IS_RESOLVED, bareReference, isUnresolved } from "./references.js";
import { SynthesizedError } from "./synthesized-error.js";
import { type TerraformResource } from "./terraform-json.js";

const ACCOUNT = "azurerm_cognitive_account";

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning#cognitive-services-openai-user */
const OPENAI_USER = { id: "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd", name: "Cognitive Services OpenAI User" };

/**
 * The host name that a pool member stands for: itself, or the host of the account endpoint that it mentions.
 * @throws SynthesizedError if it is a reference to anything else.
 */
export function memberFqdn(member: string, where: string, references: References): string {
  if (!isUnresolved(member)) {
    if (!/^[\w.-]+$/.test(member)) {
      throw new SynthesizedError(where, `expected a host name such as "east.openai.azure.com", got "${member}"`);
    }
    return member.toLowerCase();
  }
  const endpoints = references
    .mentionedIn(member)
    .filter(({ resource, attribute }) => resource.type === ACCOUNT && attribute === "endpoint");
  const account = endpoints[0]?.resource;
  if (account === undefined || endpoints.length > 1) {
    throw new SynthesizedError(
      where,
      `cannot resolve ${member}; a pool member may mention the endpoint of one ${ACCOUNT} in the same file, and ${WHAT_IS_RESOLVED}`,
    );
  }
  return endpointHost(account, where);
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
      scope: required(body["scope"], `${address}.scope`).replace(/\.id$/, ""),
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
  return [...new Set(pools.flatMap(({ members }) => members))].map((fqdn) => {
    const label = fqdn.split(".")[0];
    const inFile = accounts.find(({ body }) =>
      [body["custom_subdomain_name"] ?? body["name"]].some((name) => String(name).toLowerCase() === label),
    );
    const literal = assignments.find(({ scope }) => accountName(scope)?.toLowerCase() === label)?.scope;
    const account = inFile?.address ?? literal;
    const covering = assignments.filter(
      ({ scope }) => scope === account || scope === literal || literal?.startsWith(`${scope}/`) === true,
    );
    return {
      fqdn,
      account,
      openAiUsers: account === undefined ? undefined : [...new Set(covering.map(({ principalId }) => principalId))],
    };
  });
}

/** Azure gives OpenAI accounts `<subdomain>.openai.azure.com`, the other kinds `<subdomain>.cognitiveservices.azure.com`. */
function endpointHost({ address, body }: TerraformResource, where: string): string {
  const known = body["endpoint"];
  if (typeof known === "string" && URL.canParse(known)) return new URL(known).hostname;
  const subdomain = body["custom_subdomain_name"];
  if (typeof subdomain !== "string" || subdomain === "" || isUnresolved(subdomain)) {
    throw new SynthesizedError(
      where,
      `the endpoint of ${address} is not known: it has no literal custom_subdomain_name; set one, or write the FQDN`,
    );
  }
  return `${subdomain.toLowerCase()}.${body["kind"] === "OpenAI" ? "openai" : "cognitiveservices"}.azure.com`;
}

function accountName(scope: string): string | undefined {
  return /\/providers\/Microsoft\.CognitiveServices\/accounts\/([^/]+)$/i.exec(scope)?.[1];
}

/** A literal, or what a bare reference refers to. */
function required(value: unknown, where: string): string {
  if (typeof value !== "string" || value === "") {
    throw new SynthesizedError(where, "expected a text or a reference; it is missing");
  }
  return bareReference(value) ?? value;
}

import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { App, TerraformOutput, type TerraformResource, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { isDeepStrictEqual } from "node:util";
import { renderArmTemplate } from "../lib/arm/index.js";
import { GatewayCertificate, GatewayListener, OpenAiBackend, OpenAiLoadBalancer } from "../lib/index.js";
import { readTerraform } from "../lib/synthesized/index.js";

type Json = Readonly<Record<string, unknown>>;
type Resource = Json & { readonly type: string; readonly name: string; readonly dependsOn?: readonly string[] };
type Template = Json & { readonly resources: readonly Resource[]; readonly outputs: Readonly<Record<string, Json>> };

const HTTP_SAID = "Empty: an HTTP listener, which sends tokens, keys and prompts in clear text; for trials only.";

/** The template behind the "Deploy to Azure" button: two stacks of the constructs, rendered, and a parameter that chooses. */
export function deployTemplate(): Json {
  return choice(render("https"), render("http"));
}

/** A stack whose Terraform variables become the template's parameters. */
function render(listener: "https" | "http"): Template {
  const app = new App({ stackTraces: false });
  const stack = new TerraformStack(app, "template");
  new AzurermProvider(stack, "Azurerm", { features: [{}] });
  const variable = (name: string) => new TerraformVariable(stack, name, { type: "string" }).stringValue;
  const backends = new TerraformVariable(stack, "backends", { type: "list(string)" });
  const loadBalancer = new OpenAiLoadBalancer(stack, "LoadBalancer", {
    name: variable("name"),
    location: variable("location"),
    // The group that the template is deployed to: nothing in the template names it.
    resourceGroupName: "resource-group",
    listener:
      listener === "http" ? GatewayListener.http() : GatewayListener.https({ certificate: certificate(variable) }),
    backends: [OpenAiBackend.fromFqdn("in-place-of-the-parameter.openai.azure.com")],
    clientIdentity: false,
  });
  const gateway = loadBalancer.gateway.node.defaultChild as TerraformResource;
  gateway.addOverride("backend_address_pool.0.fqdns", backends.fqn);
  const output = (name: string, value: unknown, description: string) =>
    new TerraformOutput(stack, name, { value, description });
  output("gateway_url", loadBalancer.url, "Base URL for clients");
  output("egress_ip_address", loadBalancer.publicIpAddress, "Where requests to the accounts come from");
  const synthesized: unknown = JSON.parse(Testing.synth(stack, true));
  return renderArmTemplate(readTerraform(synthesized, "the stack")).json as Template;
}

function certificate(variable: (name: string) => string): GatewayCertificate {
  return GatewayCertificate.fromKeyVault({ keyVaultId: variable("keyVaultId"), secretId: variable("secretId") });
}

/** One template of two: what differs in a property goes into variables, what only HTTPS needs gets a condition. */
function choice(https: Template, http: Template): Json {
  const variables: Record<string, unknown> = {
    isHttps: "[not(empty(parameters('keyVaultSecret')))]",
    secret: "[split(parameters('keyVaultSecret'), '/')]",
    // Azure evaluates the place of a nested deployment even where its condition is false, so there is always one.
    keyVaultId:
      "[if(variables('isHttps'), resourceId(variables('secret')[2], variables('secret')[4], 'Microsoft.KeyVault/vaults', variables('secret')[8]), resourceId('Microsoft.KeyVault/vaults', 'none'))]",
    secretId:
      "[if(variables('isHttps'), concat('https://', variables('secret')[8], environment().suffixes.keyvaultDns, '/secrets/', variables('secret')[10]), '')]",
  };
  const resources = https.resources.map((resource) => {
    const other = http.resources.find(({ type, name }) => type === resource.type && name === resource.name);
    if (other === undefined) return { condition: "[variables('isHttps')]", ...resource };
    const dependsOn = [...new Set([...(resource.dependsOn ?? []), ...(other.dependsOn ?? [])])];
    const properties = chosen(resource["properties"] as Json, other["properties"] as Json, variables);
    return { ...resource, properties, ...(dependsOn.length > 0 && { dependsOn }) };
  });
  const outputs = Object.entries(https.outputs).map(([name, output]) => {
    const [one, other] = [output["value"], http.outputs[name]?.["value"]].map(String);
    if (one === other) return [name, output];
    return [name, { ...output, value: `[if(variables('isHttps'), ${one?.slice(1, -1)}, ${other?.slice(1, -1)})]` }];
  });
  const whole = {
    $schema: https["$schema"],
    contentVersion: "1.0.0.0",
    metadata: { description: "An Application Gateway over Azure OpenAI endpoints. Written by `npm run template`." },
    parameters: PARAMETERS,
    variables,
    resources,
    outputs: Object.fromEntries(outputs) as Json,
  };
  // What is a parameter of the stack is computed from the one of the template.
  return fromVariables(whole) as Json;
}

/** Properties of which some depend on the listener. */
function chosen(https: Json, http: Json, variables: Record<string, unknown>): Json {
  return Object.fromEntries(
    Object.entries(https).map(([name, value]) => {
      if (isDeepStrictEqual(value, http[name])) return [name, value];
      variables[`${name}Https`] = value;
      variables[`${name}Http`] = http[name];
      return [name, `[if(variables('isHttps'), variables('${name}Https'), variables('${name}Http'))]`];
    }),
  );
}

/** In the whole template but the nested ones, which have parameters of these names. */
function fromVariables(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/parameters\('(keyVaultId|secretId)'\)/g, "variables('$1')");
  if (Array.isArray(value)) return value.map(fromVariables);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === "template" ? (item as unknown) : fromVariables(item)]),
  );
}

const PARAMETERS = {
  name: {
    type: "string",
    defaultValue: "aoai-kiss-lb",
    minLength: 1,
    maxLength: 40,
    metadata: { description: "Names the resources: agw-<name>, pip-<name>, vnet-<name> …" },
  },
  location: {
    type: "string",
    defaultValue: "[resourceGroup().location]",
    metadata: { description: "Azure region of the gateway. The accounts can be in others." },
  },
  backends: {
    type: "array",
    minLength: 1,
    metadata: { description: 'Host names of the accounts: ["my-aoai-eastus.openai.azure.com", "…"]' },
  },
  keyVaultSecret: {
    type: "string",
    defaultValue: "",
    metadata: {
      description: `The certificate of an HTTPS listener: the resource id of a Key Vault that uses role-based access, followed by /secrets/<name of the certificate>. The gateway's identity is granted "Key Vault Secrets User" on the vault. ${HTTP_SAID}`,
    },
  },
};

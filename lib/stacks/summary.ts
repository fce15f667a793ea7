import { AnnotationMetadataEntryType, TerraformResource } from "cdktf";
import { DEFAULT_CONFIG_FILE } from "../config/load-config.js";
import { type OpenAiGatewayStack } from "./openai-gateway-stack.js";

/** What a synthesized stack will create, and who may use it: for people, in a dozen lines. */
export function summarize(stack: OpenAiGatewayStack): string {
  const { config, loadBalancer } = stack;
  const warnings = warningsOf(stack);
  return [
    `${config.name}: an Application Gateway in ${config.location}, resource group ${config.resourceGroup.name}`,
    "",
    `  Listener   ${urlForPeople(stack)}${loadBalancer.listener.redirectHttp ? " (port 80 redirects there)" : ""}`,
    ...block("Pool", loadBalancer.backendFqdns),
    ...block("Access", callers(stack)),
    ...block("Creates", resources(stack)),
    "",
    ...warnings.map((warning) => `  Warning: ${warning}`),
    ...(warnings.length > 0 ? [""] : []),
  ].join("\n");
}

/** How to deploy a synthesized stack with Terraform. */
export function nextStep({ config }: OpenAiGatewayStack, configFile = DEFAULT_CONFIG_FILE): string {
  const command = `${configFile === DEFAULT_CONFIG_FILE ? "" : `AOAI_LB_CONFIG=${configFile} `}npx cdktf deploy`;
  return config.subscriptionId ? `Next: ${command}` : `Next: az login, export ARM_SUBSCRIPTION_ID=…, then ${command}`;
}

/** Every warning in the stack, once the app is synthesized. */
export function warningsOf(stack: OpenAiGatewayStack): string[] {
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === AnnotationMetadataEntryType.WARN)
    .map(({ data }) => String(data));
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${(at === 0 ? title : "").padEnd(10)} ${line}`);
}

function urlForPeople({ loadBalancer: { listener, network } }: OpenAiGatewayStack): string {
  const address = network.publicIpAddress === undefined ? network.privateIpAddress : "<public address>";
  return listener.url(listener.plainHostName ?? listener.hostNames[0] ?? address ?? "");
}

function callers({ config, loadBalancer }: OpenAiGatewayStack): string[] {
  const identity = loadBalancer.clientIdentity ? [`identity id-${config.name}-client (created)`] : [];
  const principals = config.access.principals.map(({ id, type }) => `${type} ${id}`);
  const accounts = loadBalancer.accounts.map(({ fqdn }) => fqdn);
  const all = [...identity, ...principals];
  if (all.length === 0) return ["no role is granted"];
  if (accounts.length === 0) return [`${all.join(", ")}: no role is granted, as no account id is known`];
  return [...all, `on ${accounts.join(", ")}`];
}

function resources(stack: OpenAiGatewayStack): string[] {
  const counts = new Map<string, number>();
  for (const construct of stack.node.findAll()) {
    if (!TerraformResource.isTerraformResource(construct)) continue;
    const type = construct.terraformResourceType;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([type, count]) => `${String(count).padStart(2)} ${type}`);
}

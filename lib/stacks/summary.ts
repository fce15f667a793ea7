import { AnnotationMetadataEntryType, TerraformResource } from "cdktf";
import { type OpenAiGatewayStack, resourceGroupName } from "./openai-gateway-stack.js";

/** What a synthesized stack will make, who may use it, and what to do next: for people, in a dozen lines. */
export function summarize(stack: OpenAiGatewayStack): string {
  const { config, loadBalancer } = stack;
  const listener = config.listener;
  const warnings = warningsOf(stack);
  return [
    `${config.name}: an Application Gateway in ${config.location}, resource group ${resourceGroupName(config)}`,
    "",
    `  Listener   ${urlForPeople(stack)}${listener.protocol === "Https" && listener.redirectHttp !== false ? " (port 80 redirects there)" : ""}`,
    ...block("Pool", loadBalancer.backendFqdns),
    ...block("Access", callers(stack)),
    ...block("Makes", resources(stack)),
    "",
    ...warnings.map((warning) => `  Warning: ${warning}`),
    ...(warnings.length > 0 ? [""] : []),
    config.subscriptionId
      ? `Next: npx cdktf deploy ${config.name}`
      : `Next: az login, export ARM_SUBSCRIPTION_ID=…, then npx cdktf deploy ${config.name}`,
  ].join("\n");
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

function urlForPeople({ config, loadBalancer }: OpenAiGatewayStack): string {
  const host = config.listener.hostNames.find((name) => !/[*?]/.test(name)) ?? "<public address>";
  return loadBalancer.listener.url(host);
}

function callers({ config, loadBalancer }: OpenAiGatewayStack): string[] {
  const identity = loadBalancer.clientIdentity ? [`identity id-${config.name}-client (made here)`] : [];
  const principals = config.access.principals.map(({ id, type }) => `${type} ${id}`);
  const accounts = loadBalancer.accounts.map(({ fqdn }) => fqdn);
  const all = [...identity, ...principals];
  if (all.length === 0) return ["no role is granted"];
  if (accounts.length === 0) return [`${all.join(", ")}: no role is granted, no account id is known`];
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

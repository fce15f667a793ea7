import { AnnotationMetadataEntryType, TerraformResource, type TerraformStack } from "cdktf";
import { DEFAULT_CONFIG_FILE } from "../config/load-config.js";
import { trafficManagerDomain } from "../rules/traffic-manager.js";
import { type OpenAiGatewayStack } from "./openai-gateway-stack.js";
import { type TrafficManagerStack } from "./traffic-manager-stack.js";

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

/** The same of a Traffic Manager profile. */
export function summarizeTrafficManager(stack: TrafficManagerStack): string {
  const { config, gateways } = stack;
  const warnings = warningsOf(stack);
  return [
    `${config.name}: a Traffic Manager profile, ${config.routing} routing, resource group ${config.resourceGroup.name}`,
    "",
    `  Name       ${config.dnsLabel}.${trafficManagerDomain(config.location)}`,
    ...block(
      "Gateways",
      gateways.endpoints.map(({ name, fqdn }) => `${name} at ${fqdn}`),
    ),
    ...block("Creates", resources(stack)),
    "",
    ...warnings.map((warning) => `  Warning: ${warning}`),
    ...(warnings.length > 0 ? [""] : []),
  ].join("\n");
}

/** How to deploy synthesized stacks with Terraform: one by one, if there are several. */
export function nextStep(stacks: readonly (OpenAiGatewayStack | TrafficManagerStack)[], configFile: string): string {
  const command = `${configFile === DEFAULT_CONFIG_FILE ? "" : `AOAI_LB_CONFIG=${configFile} `}npx cdktf deploy`;
  const names = stacks.map(({ config }) => config.name);
  const deploy = names.length === 1 ? command : `${command} NAME, where NAME is one of ${names.join(", ")}`;
  const hasSubscription = stacks.every(({ config }) => config.subscriptionId !== undefined);
  return hasSubscription ? `Next: ${deploy}` : `Next: az login, export ARM_SUBSCRIPTION_ID=…, then ${deploy}`;
}

/** Every warning in the stack, once the app is synthesized. */
export function warningsOf(stack: TerraformStack): string[] {
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

function resources(stack: TerraformStack): string[] {
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

import { type GatewayBlocks } from "./gateway-blocks.js";
import { type Listener } from "./gateway-model.js";
import { SynthesizedError } from "./synthesized-error.js";

const SKUS = ["Basic", "Standard_v2", "WAF_v2"];

/**
 * What Terraform accepts and Azure refuses when it is applied.
 * @throws SynthesizedError naming the block and what to do
 */
export function checkWhatAzureRefuses(
  blocks: GatewayBlocks,
  { address, listeners }: { readonly address: string; readonly listeners: readonly Listener[] },
): void {
  checkSku(blocks, address);
  checkPriorities(blocks, address);
  checkListenersOfRules(blocks, address);
  checkPorts(listeners, address);
  checkProbes(blocks, address);
}

/** https://learn.microsoft.com/azure/application-gateway/v1-retirement */
function checkSku({ sku: [sku] }: GatewayBlocks, address: string): void {
  if (sku === undefined) throw new SynthesizedError(`${address}.sku`, "it is missing");
  if (SKUS.includes(sku.name)) return;
  const retired = /^(Standard|WAF)_(Small|Medium|Large)$/.test(sku.name) ? "version 1 is retired; " : "";
  throw new SynthesizedError(
    `${address}.sku.name`,
    `${retired}expected Standard_v2 or WAF_v2 (or Basic), got "${sku.name}"`,
  );
}

/** https://learn.microsoft.com/azure/application-gateway/multiple-site-overview#request-routing-rules-evaluation-order */
function checkPriorities({ request_routing_rule: rules }: GatewayBlocks, address: string): void {
  for (const [index, { name, priority }] of rules.entries()) {
    const where = `${address}.request_routing_rule[${index}].priority`;
    if (priority === undefined) {
      throw new SynthesizedError(where, `the rule ${name} has none; version 2 needs one from 1 to 20000 for each rule`);
    }
    const same = rules.slice(0, index).find((other) => other.priority === priority);
    if (same === undefined) continue;
    throw new SynthesizedError(where, `${priority} is the priority of the rule ${same.name} too; give each its own`);
  }
}

/** https://learn.microsoft.com/azure/application-gateway/configuration-request-routing-rules#associated-listener */
function checkListenersOfRules({ request_routing_rule: rules }: GatewayBlocks, address: string): void {
  for (const [index, { name, http_listener_name: listener }] of rules.entries()) {
    const other = rules.slice(0, index).find((each) => each.http_listener_name === listener);
    if (other === undefined) continue;
    throw new SynthesizedError(
      `${address}.request_routing_rule[${index}].http_listener_name`,
      `the listener ${listener} has the rule ${other.name} already; give the rule ${name} a listener of its own, or use path rules`,
    );
  }
}

function checkPorts(listeners: readonly Listener[], address: string): void {
  for (const [index, listener] of listeners.entries()) {
    const other = listeners
      .slice(0, index)
      .find(
        ({ frontend, port, protocol }) =>
          frontend.name === listener.frontend.name && port === listener.port && protocol !== listener.protocol,
      );
    if (other === undefined) continue;
    throw new SynthesizedError(
      `${address}.http_listener[${index}].protocol`,
      `port ${listener.port} speaks ${other.protocol} for the listener ${other.name}; ${listener.protocol} needs another port`,
    );
  }
}

/** https://learn.microsoft.com/azure/application-gateway/configuration-http-settings#use-custom-probe */
function checkProbes({ backend_http_settings: settings, probe: probes }: GatewayBlocks, address: string): void {
  for (const { name, protocol, probe_name } of settings) {
    const index = probes.findIndex((probe) => probe.name === probe_name);
    const probe = probes[index];
    if (probe === undefined || probe.protocol === protocol) continue;
    throw new SynthesizedError(
      `${address}.probe[${index}].protocol`,
      `it is ${probe.protocol}, and the backend settings ${name} that use the probe speak ${protocol}; they have to be the same`,
    );
  }
}

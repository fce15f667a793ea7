import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SimulatedGateway } from "../../lib/simulator/index.js";
import { type GatewayModel, parseGatewayModel } from "../../lib/synthesized/index.js";
import { ROOT, readJson, synthConfig } from "../support/config.js";
import { requestOver } from "../support/raw-request.js";
import { StubBackend } from "../support/stub-backend.js";

const FILES = [
  "gateway.config.json",
  ...readdirSync(join(ROOT, "examples"))
    .filter((file) => file.endsWith(".json"))
    .map((file) => `examples/${file}`),
];

/** What the simulation has no use for; whatever else a configuration leads to is simulated. */
const EFFECTIVE_ON_AZURE_ONLY = [
  "frontend_ip_configuration.private_ip_address",
  "gateway_ip_configuration",
  "identity",
  "ssl_certificate",
  "ssl_policy",
  "tags",
  "zones",
];

function modelOf(file: string): GatewayModel {
  return parseGatewayModel(synthConfig(readJson(file)).json);
}

describe.each(FILES)("from %s to live requests", (file) => {
  test("every member of the pool takes its turn, under its own name, on every listener that leads to it", async () => {
    const model = modelOf(file);
    const stubs = await Promise.all(model.backends.map(({ fqdn }) => StubBackend.create(fqdn)));
    const gateway = await SimulatedGateway.create({
      model,
      backends: Object.fromEntries(stubs.map((stub) => [stub.name, stub.url])),
      instances: 1,
      defaultHostName: model.listeners.flatMap(({ hostNames }) => hostNames)[0],
    });
    try {
      const served: unknown[] = [];
      for (let request = 0; request < 2 * stubs.length; request += 1) {
        const { headers } = await requestOver(`${gateway.url}/openai/v1/models`, { ca: gateway.certificate });
        served.push(headers["x-served-by"]);
      }
      const names = stubs.map(({ name }) => name);
      expect(served).toEqual([...names, ...names]);
      expect(stubs.flatMap(({ requests }) => requests.map(({ headers }) => headers.host))).toEqual(
        names.flatMap((name) => [name, name]),
      );
      const urls = [...gateway.urls.values()];
      const secure = urls.filter(({ protocol }) => protocol === "Https").map(({ url }) => `${url}/x`);
      for (const { url, protocol } of urls) {
        const { status, headers } = await requestOver(`${url}/x`, { ca: gateway.certificate });
        const isRedirected = protocol === "Http" && secure.length > 0;
        expect(status).toBe(isRedirected ? 301 : 200);
        expect(isRedirected ? secure : [undefined]).toContain(headers.location);
      }
      expect(EFFECTIVE_ON_AZURE_ONLY).toEqual(expect.arrayContaining([...model.unread]));
      expect(model.ignored).toEqual([]);
    } finally {
      await gateway.destroy();
      for (const stub of stubs) await stub.refuse();
    }
  });

  test("the answer is streamed: buffering of answers is off, and the timeouts are those of the file", () => {
    const { responseBuffering, rules } = modelOf(file);
    const [rule] = rules;
    expect(responseBuffering).toBe(false);
    expect(rule?.action.kind === "forward" && rule.action.settings.requestTimeout.toSeconds()).toBeGreaterThan(60);
  });
});

test("accounts and grants in the file are found behind the pool members", () => {
  const grants = (file: string) => modelOf(file).backends.map(({ account, openAiUsers }) => [account, openAiUsers]);
  expect(grants("examples/minimal.json").flat()).toEqual([undefined, undefined, undefined, undefined]);
  for (const [account, users] of grants("examples/fleet.json")) {
    expect(account).toMatch(/^azurerm_cognitive_account\./);
    expect(users).toEqual([expect.stringMatching(/^azurerm_user_assigned_identity\..*\.principal_id$/)]);
  }
  for (const [account, users] of grants("examples/existing-accounts.json")) {
    expect(account).toMatch(/^\/subscriptions\/.*\/accounts\//);
    expect(users).toHaveLength(2);
  }
});

import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../lib/config/config-error.js";
import { loadConfiguration } from "../../lib/config/load-config.js";
import { probeWarnings, trafficEndpoints, trafficTarget } from "../../lib/config/traffic-manager-gateways.js";
import { collisionProblems } from "../../lib/rules/folder.js";
import { instancesProblem } from "../../lib/rules/gateway.js";
import {
  toleratedFailuresProblem,
  trafficProbeIntervalProblem,
  trafficProbeTimesProblem,
  weightProblem,
} from "../../lib/rules/traffic-manager.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const root = temporaryFolder();
const GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shared/providers";
const accountId = `${GROUP}/Microsoft.CognitiveServices/accounts/shared`;
const PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000001";

type Config = Readonly<Record<string, unknown>>;

function gateway(name: string, change: Config = {}): Config {
  return {
    name,
    location: "eastus",
    backends: [{ fqdn: `${name}.openai.azure.com` }],
    listener: { protocol: "Http" },
    network: { dnsLabel: `label-${name}` },
    ...change,
  };
}

const traffic = (change: Config = {}): Config => ({
  name: "global",
  location: "eastus",
  dnsLabel: "contoso",
  ...change,
});

/** Loads a folder with these files. */
function load(files: Readonly<Record<string, unknown>>) {
  const folder = mkdtempSync(join(root, "folder-"));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), JSON.stringify(content, null, 1));
  return { folder, load: () => loadConfiguration({ AOAI_LB_CONFIG: folder }) };
}

/** What is refused, without the folder and the places in the files. */
function refusals(files: Readonly<Record<string, unknown>>): string[] {
  const { folder, load: attempt } = load(files);
  try {
    attempt();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split("\n")
      .map((line) => line.replaceAll(`${folder}/`, "").replace(/(?<=\.json):\d+:\d+/, ""));
  }
}

describe("a folder of gateways", () => {
  test("is one gateway a file, in the order of their names; schemas and other files are none", () => {
    const { folder, load: attempt } = load({
      "b.json": gateway("two"),
      "a.json": gateway("one"),
      "x.schema.json": {},
      notes: 1,
    });
    const { path, gateways, trafficManager } = attempt();
    expect(gateways.map(({ file, config }) => [file, config.name])).toEqual([
      [join(folder, "a.json"), "one"],
      [join(folder, "b.json"), "two"],
    ]);
    expect([path, trafficManager]).toEqual([folder, undefined]);
  });

  test("without a gateway is refused", () => {
    const { folder, load: attempt } = load({ "traffic-manager.json": traffic() });
    expect(attempt).toThrow(
      `${folder}: is a folder without a gateway; put a configuration into it, as a file whose name ends with .json`,
    );
  });

  test("what is wrong in any file is reported at once, with its place", () => {
    const { folder, load: attempt } = load({
      "a.json": gateway("one", { scale: { instances: 0 } }),
      "b.json": gateway("two", { scale: { instances: 0 } }),
    });
    const problem = `scale.instances: ${instancesProblem(0)}`;
    expect(attempt).toThrow(`${folder}/a.json:16:3: ${problem}\n${folder}/b.json:16:3: ${problem}`);
  });

  test.each<[string, Config, Config, string]>([
    [
      "a name in any case",
      {},
      { name: "ONE", network: {}, resourceGroup: { existing: "rg" } },
      `name: ${collisionProblems.name("ONE", "a.json")}`,
    ],
    [
      "a resource group that both create",
      { resourceGroup: { name: "rg" } },
      { resourceGroup: { name: "RG" } },
      `resourceGroup: ${collisionProblems.resourceGroup("RG", "a.json")}`,
    ],
    [
      "a DNS label of a region",
      { network: { dnsLabel: "llm" } },
      { network: { dnsLabel: "llm" } },
      `network.dnsLabel: ${collisionProblems.dnsLabel("llm", "a.json")}`,
    ],
    [
      "a public address",
      { network: { publicIpAddressId: `${GROUP}/Microsoft.Network/publicIPAddresses/pip` } },
      { network: { publicIpAddressId: `${GROUP}/Microsoft.Network/publicIPAddresses/PIP` } },
      `network.publicIpAddressId: ${collisionProblems.publicIpAddress("a.json")}`,
    ],
    [
      "an account's subdomain",
      { backends: [{ account: { name: "account", location: "eastus" } }] },
      { backends: [{ account: { name: "other", location: "westus", customSubdomain: "account" } }] },
      `backends[0].account.customSubdomain: ${collisionProblems.subdomain("account", "a.json")}`,
    ],
    [
      "an account of one group",
      { resourceGroup: { existing: "rg" }, backends: [{ account: { name: "account", location: "eastus" } }] },
      {
        resourceGroup: { existing: "rg" },
        backends: [{ account: { name: "account", location: "eastus", customSubdomain: "other" } }],
      },
      `backends[0].account.name: ${collisionProblems.account("account", "a.json")}`,
    ],
    [
      "private DNS zones of one group",
      {
        resourceGroup: { existing: "rg" },
        backends: [{ account: { name: "one", location: "eastus" } }],
        accountNetwork: { privateEndpoints: {} },
      },
      {
        resourceGroup: { existing: "rg" },
        backends: [{ account: { name: "two", location: "eastus" } }],
        accountNetwork: { privateEndpoints: {} },
      },
      `accountNetwork.privateEndpoints: ${collisionProblems.zones("a.json")}`,
    ],
    [
      "the state",
      { state: { azurerm: { storageAccountName: "state", containerName: "state", key: "k" } } },
      { state: { azurerm: { storageAccountName: "state", containerName: "state", key: "k" } } },
      `state.azurerm.key: ${collisionProblems.state("a.json")}`,
    ],
    [
      "a grant",
      {
        backends: [{ fqdn: "shared.openai.azure.com", accountId }],
        access: { principals: [{ id: PRINCIPAL, type: "Group" }] },
      },
      {
        backends: [{ fqdn: "shared.openai.azure.com", accountId: accountId.toUpperCase() }],
        access: { principals: [{ id: PRINCIPAL.toUpperCase(), type: "Group" }] },
      },
      `access.principals[0].id: ${collisionProblems.grant(PRINCIPAL.toUpperCase(), "shared.openai.azure.com", "a.json")}`,
    ],
  ])("may not share %s", (_, one, two, problem) => {
    expect(refusals({ "a.json": gateway("one", one), "b.json": gateway("two", two) })).toEqual([`b.json: ${problem}`]);
  });

  test("may not share an identity's access to a vault", () => {
    const listener = {
      protocol: "Https",
      certificate: {
        keyVaultId: `${GROUP}/Microsoft.KeyVault/vaults/kv`,
        secretId: "https://kv.vault.azure.net/secrets/x",
      },
    };
    const gatewayIdentity = {
      identityId: `${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id`,
      principalId: PRINCIPAL,
    };
    const change = { listener, gatewayIdentity };
    const refused = refusals({ "a.json": gateway("one", change), "b.json": gateway("two", change) });
    expect(refused).toEqual([`b.json: gatewayIdentity: ${collisionProblems.vaultGrant("a.json")}`]);
  });

  test("may share accounts, subnets, a group that exists, and labels of other regions", () => {
    const shared = {
      backends: [{ fqdn: "shared.openai.azure.com", accountId }],
      resourceGroup: { existing: "rg" },
      network: { dnsLabel: "llm" },
    };
    const files = { "a.json": gateway("one", shared), "b.json": gateway("two", { ...shared, location: "westus" }) };
    expect(refusals(files)).toEqual([]);
  });
});

describe("Traffic Manager in front of a folder", () => {
  const https = (...hostNames: string[]) => ({
    listener: { protocol: "Https", hostNames, certificate: { selfSigned: {} } },
  });
  const two = { "a.json": gateway("one"), "b.json": gateway("two", { location: "westeurope" }) };

  function profile(files: Readonly<Record<string, unknown>>, change: Config = {}) {
    const { gateways, trafficManager } = load({ ...files, "traffic-manager.json": traffic(change) }).load();
    if (!trafficManager) throw new Error("there is none");
    const { config } = trafficManager;
    return {
      config,
      endpoints: trafficEndpoints(config, gateways),
      target: trafficTarget(config, gateways),
      warnings: probeWarnings(config, gateways),
    };
  }

  test("points to all gateways, unless it lists them", () => {
    const one = { name: "one", fqdn: "label-one.eastus.cloudapp.azure.com", location: "eastus", weight: 1 };
    const other = { name: "two", fqdn: "label-two.westeurope.cloudapp.azure.com", location: "westeurope", weight: 1 };
    expect(profile(two).endpoints).toEqual([one, other]);
    const gateways = [{ name: "TWO", weight: 9 }, { name: "one" }];
    expect(profile(two, { gateways }).endpoints).toEqual([{ ...other, weight: 9 }, one]);
    expect(profile(two, { gateways: [{ name: "one" }] }).endpoints).toEqual([one]);
  });

  test.each([
    ["any name", gateway("one"), gateway("two"), { protocol: "Http", port: 80, hostName: undefined }],
    [
      "a name that all have, by a pattern too",
      gateway("one", https("one.x.com", "llm.x.com")),
      gateway("two", https("two.x.com", "ll?.x.com")),
      { protocol: "Https", port: 443, hostName: "llm.x.com" },
    ],
    [
      "the name of the one that is asked for one",
      gateway("one", https()),
      gateway("two", https("llm.x.com")),
      { protocol: "Https", port: 443, hostName: "llm.x.com" },
    ],
  ])("probes under %s", (_, a, b, expected) => {
    expect(profile({ "a.json": a, "b.json": b }).target).toEqual(expected);
  });

  test("probes under the name that it is told", () => {
    const files = { "a.json": gateway("one", https("*.x.com")), "b.json": gateway("two", https("a.x.com", "b.x.com")) };
    expect(profile(files, { probe: { hostName: "b.x.com" } }).target?.hostName).toBe("b.x.com");
  });

  test.each<[string, Readonly<Record<string, unknown>>, Config, string]>([
    [
      "a gateway that is none",
      two,
      { gateways: [{ name: "on" }] },
      'gateways[0].name: "on" is no gateway of this folder; use one of "one", "two"; did you mean "one"?',
    ],
    [
      "a gateway twice",
      two,
      { gateways: [{ name: "one" }, { name: "ONE" }] },
      'gateways[1].name: "one" is listed twice; list each gateway once',
    ],
    ["a gateway's name", two, { name: "one" }, 'name: "one" is also the name of a gateway; choose another name'],
    [
      "a gateway without a public host name",
      { ...two, "b.json": gateway("two", { network: {} }) },
      {},
      "gateways: two has no public host name to point to; set network.dnsLabel in b.json, or list the gateways without it",
    ],
    [
      "listeners that differ",
      { ...two, "b.json": gateway("two", { listener: { protocol: "Http", port: 8080 } }) },
      {},
      "gateways: a.json listens on Http 80 and b.json on Http 8080, and Traffic Manager probes all alike; use one protocol and port",
    ],
    [
      "listeners without a common name",
      { "a.json": gateway("one", https("a.x.com")), "b.json": gateway("two", https("b.x.com")) },
      {},
      "gateways: the listeners have no host name in common, so that one name cannot lead to all; add one to each of them",
    ],
    [
      "a host name that a listener does not have",
      { "a.json": gateway("one", https("a.x.com")), "b.json": gateway("two", https("a.x.com", "b.x.com")) },
      { probe: { hostName: "b.x.com" } },
      'probe.hostName: "b.x.com" is no host name of the listener in a.json; add it there, or name one that every listener has',
    ],
    [
      "an interval",
      two,
      { probe: { intervalSeconds: 20 } },
      `probe.intervalSeconds: ${trafficProbeIntervalProblem(20)}`,
    ],
    [
      "a timeout that is as long",
      two,
      { probe: { timeoutSeconds: 10 } },
      `probe.timeoutSeconds: ${trafficProbeTimesProblem({ intervalSeconds: 10, timeoutSeconds: 10 })}`,
    ],
    ["failures", two, { probe: { toleratedFailures: 10 } }, `probe.toleratedFailures: ${toleratedFailuresProblem(10)}`],
    ["a weight", two, { gateways: [{ name: "one", weight: 0 }] }, `gateways[0].weight: ${weightProblem(0)}`],
  ])("refuses %s", (_, files, change, problem) => {
    expect(refusals({ ...files, "traffic-manager.json": traffic(change) })).toEqual([
      `traffic-manager.json: ${problem}`,
    ]);
  });

  test("warns of gateways that keep its probe out", () => {
    const clients = { dnsLabel: "label-one", allowedClientCidrs: ["203.0.113.0/24"] };
    const closed = gateway("one", { network: clients });
    const open = gateway("two", {
      network: { ...clients, dnsLabel: "label-two", allowedServiceTags: ["AzureTrafficManager"] },
      waf: { mode: "Prevention", allowedCountries: ["DE"] },
    });
    const { warnings } = profile({ "a.json": closed, "b.json": open });
    expect(warnings.map((warning) => warning.replace(/^.*\//, ""))).toEqual([
      expect.stringMatching(
        /^a\.json: its security group .* add "AzureTrafficManager" to network\.allowedServiceTags$/,
      ),
      expect.stringMatching(/^b\.json: its firewall /),
    ]);
    expect(profile(two).warnings).toEqual([]);
  });
});

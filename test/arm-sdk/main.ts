/**
 * `npm run test:arm`: every body of the templates goes through the serializers of Azure's packages for JavaScript, and has to
 * come out as it went in. A property that is misspelt, or in a wrong place, would be gone; a wrong type is refused.
 * Their API version is the next one after that of azurerm 4.55.0.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { deployArm, type Request } from "../support/arm-deployment.js";

interface Serializer {
  deserialize(mapper: unknown, body: unknown, name: string): unknown;
  serialize(mapper: unknown, object: unknown, name: string): unknown;
}

const load = createRequire(join(__dirname, "package.json"));
/** A package's mappers. azurerm sends some properties that are read-only: Azure passes them over, a serializer must not. */
function mappers(name: string): Record<string, unknown> {
  const file = join(__dirname, "node_modules/@azure", name, "dist/commonjs/models/mappers.js");
  const all = load(file) as Record<string, { type?: { modelProperties?: Record<string, { readOnly?: boolean }> } }>;
  for (const { type } of Object.values(all)) {
    for (const property of Object.values(type?.modelProperties ?? {})) property.readOnly = false;
  }
  return all;
}

const { createSerializer } = load("@azure/core-client") as { createSerializer(mappers: object): Serializer };

const NETWORK = mappers("arm-network");
const COGNITIVE = mappers("arm-cognitiveservices");
/** The mapper of each type; the packages have none for identities, roles and groups. */
const MAPPERS: readonly (readonly [pattern: RegExp, mappers: Record<string, unknown>, name: string])[] = [
  [/\/applicationGateways\/[^/]+$/, NETWORK, "ApplicationGateway"],
  [/\/networkSecurityGroups\/[^/]+$/, NETWORK, "NetworkSecurityGroup"],
  [/\/publicIPAddresses\/[^/]+$/, NETWORK, "PublicIPAddress"],
  [/\/virtualNetworks\/[^/]+$/, NETWORK, "VirtualNetwork"],
  [/\/subnets\/[^/]+$/, NETWORK, "Subnet"],
  [/\/accounts\/[^/]+$/, COGNITIVE, "Account"],
  [/\/deployments\/[^/]+$/, COGNITIVE, "Deployment"],
];

/** Throws unless Azure's serializer knows every property of a body, with the type that it has. */
function check({ path, body }: Request): boolean {
  const [, owner, name = ""] = MAPPERS.find(([pattern]) => pattern.test(path)) ?? [];
  if (owner === undefined) return false;
  const mapper = owner[name];
  assert.ok(mapper, name);
  const serializer = createSerializer(owner);
  const object = serializer.deserialize(mapper, structuredClone(body), name);
  const back = plainOf(serializer.serialize(mapper, object, name));
  assert.deepEqual(withoutDefaults(back, plainOf(body)), plainOf(body), path);
  return true;
}

/** What the serializer adds where nothing was given is left out. */
function withoutDefaults(back: unknown, sent: unknown): unknown {
  if (Array.isArray(back) && Array.isArray(sent)) return back.map((item, at) => withoutDefaults(item, sent[at]));
  if (typeof back !== "object" || back === null || typeof sent !== "object" || sent === null) return back;
  const entries = Object.entries(back).filter(([key]) => key in sent);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, withoutDefaults(item, (sent as Record<string, unknown>)[key])]),
  );
}

/** JSON without what azurerm sends as null. */
function plainOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, item: unknown) => (item === null ? undefined : item)));
}

const subscription = "00000000-0000-0000-0000-000000000000";
const root = join(__dirname, "../..");
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));
const recordings = readdirSync(join(root, "test/arm/requests")).flatMap(
  (file) => (read(`test/arm/requests/${file}`) as { requests: Request[] }).requests,
);
const keyVaultSecret = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv/secrets/x`;
const parameters = { backends: ["one.openai.azure.com"], keyVaultSecret };
const button = deployArm(read("infra/main.json"), { subscription, resourceGroup: "rg", parameters }).requests;

const checked = [...recordings, ...button].filter(check);
assert.ok(checked.length >= 25, `only ${checked.length} bodies were checked`);

/** The check itself: what is wrong is found. */
const [gateway] = button.filter(({ path }) => path.includes("/applicationGateways/"));
const account = recordings.find(({ path }) => /\/accounts\/[^/]+$/.test(path));
const wrong: readonly (readonly [Request | undefined, from: string, to: string])[] = [
  [gateway, '"requestTimeout":240', '"requestTimeoutInSeconds":240'],
  [gateway, '"requestTimeout":240', '"requestTimeout":"240"'],
  [gateway, '"enableHttp2":true', '"enableHTTP2":true'],
  [account, '"disableLocalAuth":', '"localAuthDisabled":'],
];
for (const [request, from, to] of wrong) {
  assert.ok(request && JSON.stringify(request).includes(from), from);
  assert.throws(() => check(JSON.parse(JSON.stringify(request).replace(from, to)) as Request), to);
}
console.log(`${checked.length} bodies are as Azure's packages describe them; ${wrong.length} wrong ones are found`);

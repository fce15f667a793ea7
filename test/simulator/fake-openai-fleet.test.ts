import {
  createUnsignedToken,
  DEFAULT_STATUS_PATH,
  FakeOpenAi,
  FakeOpenAiFleet,
  parseGatewayModel,
  SimulatedGateway,
} from "../../lib/simulator/index.js";
import { Credential, verify } from "../../lib/verify/index.js";
import { FQDNS, gatewayJson } from "../support/terraform-json.js";

const [ALICE, BOB] = ["aaaaaaaa-0000-0000-0000-000000000001", "bbbbbbbb-0000-0000-0000-000000000002"];

function accountId(name: string): string {
  const subscription = "/subscriptions/00000000-0000-0000-0000-000000000000";
  return `${subscription}/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/${name}`;
}
const grant = (account: string, principal: string) => ({
  scope: accountId(account),
  principal_id: principal,
  role_definition_name: "Cognitive Services OpenAI User",
});

/** Alice holds the role on every account, Bob on all but one. */
const MODEL = parseGatewayModel(
  gatewayJson({
    probe: { path: DEFAULT_STATUS_PATH },
    resources: {
      azurerm_role_assignment: {
        alice_a: grant("a", ALICE),
        alice_b: grant("b", ALICE),
        alice_c: grant("c", ALICE),
        bob_a: grant("a", BOB),
        bob_c: grant("c", BOB),
      },
    },
  }),
);

async function outcomes(credential: Credential) {
  await using fleet = await FakeOpenAiFleet.create(MODEL.backends);
  await using gateway = await SimulatedGateway.create({ model: MODEL, backends: fleet.urls, instances: 1 });
  const options = { url: gateway.url, deployment: "gpt-4o", credential, requests: 9, concurrency: 1 };
  const { outcomes: counts, backends, failures } = await verify(options);
  return { counts, failures, backends: backends.map(({ name, ok, otherErrors }) => [name, ok, otherErrors]) };
}

test("a caller with the role on every account is let in everywhere", async () => {
  const token = createUnsignedToken({ oid: ALICE });
  expect(await outcomes(Credential.bearerToken(token))).toEqual({
    counts: { 200: 9 },
    failures: [],
    backends: [
      ["a", 3, 0],
      ["b", 3, 0],
      ["c", 3, 0],
    ],
  });
});

test("a caller without the role on one account sees a 401 now and then", async () => {
  const token = createUnsignedToken({ oid: BOB });
  expect((await outcomes(Credential.bearerToken(token))).counts).toEqual({ 200: 6, 401: 3 });
});

test("where the file does not tell who holds the role, any token will do", async () => {
  const { backends } = parseGatewayModel(gatewayJson());
  await using fleet = await FakeOpenAiFleet.create(backends);
  const headers = { authorization: "Bearer anybody" };
  const statuses = [...fleet.servers.values()].map(async ({ url }) => {
    return (await fetch(`${url}/openai/v1/models`, { headers })).status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 200, 200]);
});

test("an account of the file has its deployments, and refuses keys as it does", async () => {
  const [first, ...others] = parseGatewayModel(gatewayJson()).backends;
  const chat = { name: "chat", model: "gpt-4o", capacityUnits: 1 };
  const known = {
    ...first,
    fqdn: FQDNS[0] ?? "",
    account: "x",
    openAiUsers: [ALICE],
    deployments: [chat],
    takesKeys: false,
  };
  await using fleet = await FakeOpenAiFleet.create([known, ...others]);
  const [made, unknown] = [...fleet.servers.values()];
  const ask = async (url = "", model: string, headers: Record<string, string>) => {
    const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
    const response = await fetch(`${url}/openai/v1/chat/completions`, { method: "POST", headers, body });
    return [response.status, ((await response.json()) as { model?: string }).model];
  };
  const token = { authorization: `Bearer ${createUnsignedToken({ oid: ALICE })}` };
  expect(await ask(made?.url, "chat", token)).toEqual([200, "gpt-4o"]);
  expect(await ask(made?.url, "gpt-4o", token)).toEqual([404, undefined]);
  expect(await ask(made?.url, "chat", { "api-key": "any" })).toEqual([403, undefined]);
  expect(await ask(unknown?.url, "gpt-4o", { "api-key": "any" })).toEqual([200, "gpt-4o"]);
  expect(made?.rateLimit("chat")).toEqual({});
});

test("the quotas of the file limit the accounts where they are asked for", async () => {
  const deployments = [{ name: "chat", model: "gpt-4o", capacityUnits: 5 }];
  const backends = parseGatewayModel(gatewayJson()).backends.map((backend) => ({ ...backend, deployments }));
  await using fleet = await FakeOpenAiFleet.create(backends, (backend) => ({ deployments: backend.deployments }));
  for (const server of fleet.servers.values()) {
    expect(server.rateLimit("chat")).toMatchObject({ requests: { perMinute: 30 }, tokens: { perMinute: 5_000 } });
  }
});

test("a server is found by its FQDN and takes further options", async () => {
  await using fleet = await FakeOpenAiFleet.create(MODEL.backends, ({ fqdn }) => ({ region: `Region of ${fqdn}` }));
  expect(fleet.server("b.openai.azure.com").region).toBe("Region of b.openai.azure.com");
  expect(() => fleet.server("d.openai.azure.com")).toThrow(
    new RangeError(`no backend is called d.openai.azure.com; there are: ${FQDNS.join(", ")}`),
  );
});

test("one server that cannot start closes the others", async () => {
  const first = await FakeOpenAi.create();
  await first.close();
  const { port } = first;
  const options = ({ fqdn }: { fqdn: string }) => (fqdn === FQDNS[0] ? { port } : { requestLogSize: 0 });
  await expect(FakeOpenAiFleet.create(MODEL.backends, options)).rejects.toThrow("requestLogSize is a whole number");
  await using again = await FakeOpenAi.create({ port });
  expect(again.state).toBe("listening");
});

test("members that share the first label of their names are still told apart", async () => {
  const fqdns = ["a.openai.azure.com", "a.cognitiveservices.azure.com", "b.openai.azure.com"];
  await using fleet = await FakeOpenAiFleet.create(parseGatewayModel(gatewayJson({ fqdns })).backends);
  expect([...fleet.servers.values()].map(({ region }) => region)).toEqual([
    "a.openai.azure.com",
    "a.cognitiveservices.azure.com",
    "b",
  ]);
});

import { type HealthChange, SimulatedGateway, SimulatorOptionError } from "../../lib/simulator/index.js";
import { Duration } from "../../lib/duration.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";
import { open } from "../support/raw-request.js";
import { gatewayJson, rule, settings } from "../support/terraform-json.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";

const PATIENCE = Duration.seconds(5);

test.each([1, 2, 5])("a member leaves at failure number %i in a row, its threshold", async (threshold) => {
  await using under = await GatewayUnderTest.create({
    fqdns: [fqdnOf("a")],
    probe: { unhealthy_threshold: threshold },
  });
  const a = under.backend("a");
  let failures = 0;
  a.onProbe = (_, response) => {
    failures += 1;
    response.writeHead(500).end();
  };
  await under.gateway.untilBackend(fqdnOf("a"), "Unhealthy", PATIENCE);
  expect(failures).toBe(threshold);
});

test("failures count only in a row: one success in between starts again", async () => {
  await using under = await GatewayUnderTest.create({ fqdns: [fqdnOf("a")], probe: { unhealthy_threshold: 2 } });
  const changes: HealthChange[] = [];
  under.gateway.on("health", (change) => changes.push(change));
  let probes = 0;
  const tenth = new Promise<void>((resolve) => {
    under.backend("a").onProbe = (_, response) => {
      probes += 1;
      response.writeHead(probes % 2 === 0 ? 200 : 500).end();
      if (probes === 10) resolve();
    };
  });
  await tenth;
  expect(changes).toEqual([]);
});

test("each instance probes every member by itself", async () => {
  await using under = await GatewayUnderTest.create({ probe: { interval: 86_400 } }, { instances: 4 });
  expect(under.backend("a").probes).toHaveLength(4);
  expect(under.gateway.instances).toBe(4);
  expect(under.gateway.backendStates()).toHaveLength(4 * 3);
});

test("an instance does not learn from another instance's probes", async () => {
  // Every second probe fails: with a threshold of 1, the instance that got the failure is alone with it.
  await using under = await GatewayUnderTest.create(
    { fqdns: [fqdnOf("a")], probe: { interval: 86_400, unhealthy_threshold: 1 } },
    { instances: 2 },
    ({ a }) => {
      let probes = 0;
      Object.assign(a ?? {}, {
        onProbe: (_: unknown, response: { writeHead(status: number): { end(): void } }) => {
          probes += 1;
          response.writeHead(probes === 1 ? 200 : 500).end();
        },
      });
    },
  );
  const states = under.gateway.backendStates().map(({ health, reason }) => `${health}: ${reason}`);
  expect(states.sort()).toEqual(["Healthy: status 200", "Unhealthy: status 500"]);
});

test("the probe names the member in Host, and asks for the configured path on a connection of its own", async () => {
  await using under = await GatewayUnderTest.create({ probe: { interval: 86_400 } });
  const [probe] = under.backend("b").probes;
  expect([probe?.method, probe?.url, probe?.headers.host, probe?.headers.connection]).toEqual([
    "GET",
    "/status",
    "b.openai.azure.com",
    "close",
  ]);
});

test.each([
  [
    "a fixed host",
    { host: "probe.contoso.com", pick_host_name_from_backend_http_settings: false },
    {},
    "probe.contoso.com",
  ],
  [
    "the settings' host",
    {},
    { pick_host_name_from_backend_address: false, host_name: "x.contoso.com" },
    "x.contoso.com",
  ],
])("Host of a probe: %s", async (_, probe, overrides, host) => {
  await using under = await GatewayUnderTest.create({ probe: { ...probe, interval: 86_400 }, settings: overrides });
  expect(under.backend("a").probes[0]?.headers.host).toBe(host);
});

test("settings without a probe get Azure's default: / with 200-399", async () => {
  await using under = await GatewayUnderTest.create({ settings: { probe_name: undefined } }, {}, ({ a, b }) => {
    Object.assign(a ?? {}, { onRequest: 399 });
    Object.assign(b ?? {}, { onRequest: 404 });
  });
  const states = under.gateway.backendStates().map(({ fqdn, health, reason }) => [fqdn, health, reason]);
  expect(states).toEqual([
    [fqdnOf("a"), "Healthy", "status 399"],
    [fqdnOf("b"), "Unhealthy", "status 404"],
    [fqdnOf("c"), "Healthy", "status 200"],
  ]);
});

test("a probe can look for a text in the body", async () => {
  const answer = (text: string) => ({
    onProbe: (_: unknown, response: { end(text: string): void }) => response.end(text),
  });
  await using under = await GatewayUnderTest.create(
    { probe: { interval: 86_400, match: { status_code: ["200"], body: "ready" } } },
    {},
    ({ a, b }) => {
      Object.assign(a ?? {}, answer("all ready now"));
      Object.assign(b ?? {}, answer("starting"));
    },
  );
  expect(under.gateway.backendStates().map(({ reason }) => reason)).toEqual([
    "status 200, body matches",
    "status 200, body does not match",
    "status 200, body does not match",
  ]);
});

test("a member behind two backend settings has two healths", async () => {
  const second = settings({ name: "second", probe_name: undefined });
  const json = {
    moreSettings: [second],
    rules: [rule({ rule_type: "PathBasedRouting", url_path_map_name: "map", backend_address_pool_name: undefined })],
    more: {
      url_path_map: {
        name: "map",
        default_backend_address_pool_name: "openai",
        default_backend_http_settings_name: "openai",
        path_rule: {
          name: "second",
          paths: ["/second/*"],
          backend_address_pool_name: "openai",
          backend_http_settings_name: "second",
        },
      },
    },
  };
  await using under = await GatewayUnderTest.create(json, {}, ({ a }) => Object.assign(a ?? {}, { onRequest: 500 }));
  const ofA = under.gateway.backendStates().filter(({ fqdn }) => fqdn === fqdnOf("a"));
  expect(ofA.map(({ settings: name, health }) => [name, health])).toEqual([
    ["openai", "Healthy"],
    ["second", "Unhealthy"],
  ]);
});

test("probes can run faster than the other clocks", async () => {
  await using under = await GatewayUnderTest.create(
    { fqdns: [fqdnOf("a")], probe: { interval: 100, timeout: 50_000 }, settings: { request_timeout: 86_400 } },
    { timeScale: 1, probeTimeScale: 5_000 },
  );
  under.backend("a").onRequest = (_, response) => void response.write("begin");
  const { request, response } = await open(under.url);
  response.on("error", () => undefined);
  under.backend("a").onProbe = 500;
  await under.gateway.untilBackend(fqdnOf("a"), "Unhealthy", PATIENCE);
  expect(under.gateway.backendStates()[0]?.requestsInFlight).toBe(1);
  request.destroy();
});

test("however fast the clocks run, a local server has time to answer a probe", async () => {
  const late = (_: unknown, response: { writeHead(status: number): { end(): void } }) =>
    void setTimeout(() => response.writeHead(200).end(), 50);
  await using under = await GatewayUnderTest.create(
    { fqdns: [fqdnOf("a")], probe: { interval: 86_400, timeout: 1 } },
    { timeScale: 10_000 },
    ({ a }) => Object.assign(a ?? {}, { onProbe: late }),
  );
  expect(under.gateway.backendStates()).toMatchObject([{ health: "Healthy", reason: "status 200" }]);
});

test.each([
  [{ path: "/not escaped" }, "Request path contains unescaped characters"],
  [{ path: "/ä→" }, "Request path contains unescaped characters"],
  [{ host: "a\nb", pick_host_name_from_backend_http_settings: false }, 'Invalid character in header content ["host"]'],
])("a probe that cannot be sent has failed: %j", async (probe, reason) => {
  await using under = await GatewayUnderTest.create({ fqdns: [fqdnOf("a")], probe });
  expect(under.gateway.backendStates()).toMatchObject([{ health: "Unhealthy", reason }]);
  expect(await under.outcome()).toBe("gateway 502");
});

test("a change of health is told with its reason", async () => {
  await using under = await GatewayUnderTest.create();
  const changed = new Promise<HealthChange>((resolve) => under.gateway.once("health", resolve));
  under.backend("c").onProbe = 500;
  const { instance, fqdn, was, health, reason } = await changed;
  expect({ instance, fqdn, was, health, reason }).toEqual({
    instance: 0,
    fqdn: fqdnOf("c"),
    was: "Healthy",
    health: "Unhealthy",
    reason: "status 500",
  });
});

test("waiting for a health that does not come says what was seen instead", async () => {
  await using under = await GatewayUnderTest.create({ fqdns: [fqdnOf("a")] });
  await expect(under.gateway.untilBackend(fqdnOf("a"), "Unhealthy", Duration.milliseconds(60))).rejects.toThrow(
    "a.openai.azure.com is not Unhealthy after 60 ms; instance 0: Healthy (status 200)",
  );
  await expect(under.gateway.untilBackend("x", "Healthy", PATIENCE)).rejects.toThrow(
    "no rule leads to a member x; there are: a.openai.azure.com",
  );
});

describe("options that cannot be", () => {
  const model = parseGatewayModel(gatewayJson({ fqdns: [fqdnOf("a")] }));
  const backends = { [fqdnOf("a")]: "http://127.0.0.1:9" };
  test.each([
    [{ backends: {} }, "backends: no local server is given for a.openai.azure.com"],
    [
      { backends: { ...backends, "x.y": "http://z" } },
      "backends: no pool has the member x.y; there are: a.openai.azure.com",
    ],
    [
      { backends: { [fqdnOf("a")]: "ftp://z" } },
      'backends: expected an http or https URL for a.openai.azure.com, got "ftp://z"',
    ],
    [{ timeScale: 0 }, "timeScale is a number above 0, how many times as fast the clocks run; got 0"],
    [{ probeTimeScale: -1 }, "probeTimeScale is a number above 0, how many times as fast probes run; got -1"],
    [{ instances: 1.5 }, "instances is a whole number from 1 to 125; got 1.5"],
  ])("%j", async (options, message) => {
    const refusal = SimulatedGateway.create({ model, backends, ...options });
    await expect(refusal).rejects.toThrow(SimulatorOptionError);
    await expect(refusal).rejects.toThrow(message);
  });
});

test("the health of a member is known for every instance when the gateway is there", async () => {
  await using under = await GatewayUnderTest.create({}, { instances: 2 });
  expect(under.gateway.backendStates().map(({ health }) => health)).toEqual(Array(6).fill("Healthy"));
});

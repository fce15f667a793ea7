import { TerraformVariable } from "cdktf";
import {
  type ApplicationGatewayProps,
  Duration,
  GatewayListener,
  GatewayScale,
  HealthProbe,
  TlsPolicy,
} from "../../lib/index.js";
import {
  drainTimeoutProblem,
  instanceRangeProblem,
  instancesProblem,
  maxInstancesProblem,
  portProblem,
  probeTimesProblem,
  redirectPortProblem,
  requestTimeoutProblem,
  timeoutWarnings,
  unhealthyThresholdProblem,
} from "../../lib/rules/gateway.js";
import { probePathProblem, probeWarning, statusCodesProblem } from "../../lib/rules/health-probe.js";
import {
  backendFqdnProblem,
  hostNamesProblem,
  listenerHostNameProblem,
  poolWarnings,
  redirectTargetProblem,
} from "../../lib/rules/host-name.js";
import { locationProblem, locationWarning } from "../../lib/rules/location.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { tagProblems } from "../../lib/rules/tags.js";
import {
  existingIdentity,
  existingNetwork,
  fromKeyVault,
  gatewayOf,
  https,
  makeGateway,
} from "../support/application-gateway.js";
import { refusal } from "../support/refusal.js";
import { makeStack, synth, Synthesized } from "../support/synth.js";

const hostNames = ["a.x.com", "b.x.com", "c.x.com", "d.x.com", "e.x.com", "f.x.com"];

describe("ApplicationGateway", () => {
  describe("refuses", () => {
    const refusals: [string, Partial<ApplicationGatewayProps>, string, string?][] = [
      ["a name that Azure refuses", { name: "agw-" }, "name", nameProblem("gateway")("agw-")],
      ["a location that is malformed", { location: "east-us" }, "location", locationProblem("east-us")],
      ["a request timeout of 0", { requestTimeout: Duration.seconds(0) }, "requestTimeout", requestTimeoutProblem(0)],
      [
        "a request timeout that is no whole number of seconds",
        { requestTimeout: Duration.milliseconds(1500) },
        "requestTimeout",
        requestTimeoutProblem(1.5),
      ],
      [
        "a drain timeout over an hour",
        { drainTimeout: Duration.seconds(3601) },
        "drainTimeout",
        drainTimeoutProblem(3601),
      ],
      [
        "a probe timeout above its interval",
        { healthProbe: new HealthProbe({ timeout: Duration.seconds(31) }) },
        "healthProbe",
        probeTimesProblem({ intervalSeconds: 30, timeoutSeconds: 31 }),
      ],
      [
        "a probe path without a slash",
        { healthProbe: new HealthProbe({ path: "status" }) },
        "healthProbe.path",
        probePathProblem("status"),
      ],
      [
        "a probe threshold of 21",
        { healthProbe: new HealthProbe({ unhealthyThreshold: 21 }) },
        "healthProbe.unhealthyThreshold",
        unhealthyThresholdProblem(21),
      ],
      ["no status codes", { healthProbe: new HealthProbe({ statusCodes: [] }) }, "healthProbe.statusCodes"],
      [
        "malformed status codes",
        { healthProbe: new HealthProbe({ statusCodes: ["2xx"] }) },
        "healthProbe.statusCodes",
        statusCodesProblem("2xx"),
      ],
      ["126 instances", { scale: GatewayScale.fixed(126) }, "scale.instances", instancesProblem(126)],
      [
        "a maximum of one instance",
        { scale: GatewayScale.auto({ minInstances: 1, maxInstances: 1 }) },
        "scale.maxInstances",
        maxInstancesProblem(1),
      ],
      [
        "a minimum above the maximum",
        { scale: GatewayScale.auto({ minInstances: 11 }) },
        "scale",
        instanceRangeProblem({ min: 11, max: 10 }),
      ],
      [
        "a port that Azure reserves",
        { listener: GatewayListener.http({ port: 65_200 }) },
        "listener.port",
        portProblem(65_200),
      ],
      [
        "HTTPS on the port of the redirect",
        { listener: GatewayListener.https({ certificate: fromKeyVault, port: 80 }) },
        "listener.port",
        redirectPortProblem(80),
      ],
      [
        "a redirect to a wildcard host name",
        { listener: GatewayListener.https({ certificate: fromKeyVault, hostNames: ["*.x.com"], redirectHttp: true }) },
        "listener.redirectHttp",
        redirectTargetProblem(["*.x.com"]),
      ],
      [
        "six host names",
        { listener: GatewayListener.http({ hostNames }) },
        "listener.hostNames",
        hostNamesProblem(hostNames),
      ],
      [
        "a host name that is a URL",
        { listener: GatewayListener.http({ hostNames: ["https://x.com"] }) },
        "listener.hostNames",
        listenerHostNameProblem("https://x.com"),
      ],
      ["a tag with a slash", { tags: { "a/b": "c" } }, "tags", tagProblems({ "a/b": "c" })[0]?.problem],
    ];
    test.each(refusals)("%s", (...[, props, prop, problem]) => {
      expect(() => makeGateway(makeStack(), props)).toThrow(refusal("stack/Gateway", prop, problem));
    });

    test("ids of something else", () => {
      const stack = makeStack();
      const idProblem = (type: keyof typeof RESOURCE_TYPES, id: string) => resourceIdProblem(RESOURCE_TYPES[type])(id);
      expect(() => existingNetwork(stack, { subnetId: "snet" })).toThrow(
        refusal("stack/Network", "subnetId", idProblem("subnet", "snet")),
      );
      expect(() => existingNetwork(makeStack(), { publicIpAddressId: "203.0.113.1" })).toThrow(
        refusal("stack/Network", "publicIpAddressId", idProblem("publicIpAddress", "203.0.113.1")),
      );
      expect(() => existingIdentity(stack, "id-a")).toThrow(
        refusal("stack/Theirs", "identityId", idProblem("identity", "id-a")),
      );
    });

    test.each([
      ["requestTimeout", (duration: Duration) => ({ requestTimeout: duration })],
      ["drainTimeout", (duration: Duration) => ({ drainTimeout: duration })],
      ["healthProbe.interval", (interval: Duration) => ({ healthProbe: new HealthProbe({ interval }) })],
      ["healthProbe.timeout", (timeout: Duration) => ({ healthProbe: new HealthProbe({ timeout }) })],
    ])("a %s that is known only after apply", (prop, props) => {
      const stack = makeStack();
      const { numberValue } = new TerraformVariable(stack, "time", { type: "number" });
      for (const duration of [Duration.seconds(numberValue), Duration.minutes(numberValue)]) {
        expect(() => makeGateway(makeStack(), props(duration))).toThrow(refusal("stack/Gateway", prop));
      }
    });

    test("an endpoint that is listed twice, malformed, or one too many", () => {
      const gateway = makeGateway(makeStack());
      for (let n = 0; n < 100; n++) gateway.addBackend(`a${n}.openai.azure.com`);
      expect(() => gateway.addBackend("A7.openai.azure.com")).toThrow(refusal("stack/Gateway", "backend.fqdn"));
      expect(() => gateway.addBackend("a")).toThrow(refusal("stack/Gateway", "backend.fqdn", backendFqdnProblem("a")));
      expect(() => gateway.addBackend("one.openai.azure.com")).toThrow(refusal("stack/Gateway", "backends"));
    });
  });

  describe("warns of", () => {
    const ofTimes = (requestTimeoutSeconds: number, drainTimeoutSeconds: number) =>
      timeoutWarnings({ requestTimeoutSeconds, drainTimeoutSeconds, streaming: true, hasPublicBackends: true })[0];
    const warnings: [string, Partial<ApplicationGatewayProps>, unknown][] = [
      ["HTTP", {}, expect.stringMatching(/^listener: HTTP /)],
      ["a timeout that Azure does not keep", { requestTimeout: Duration.seconds(241) }, ofTimes(241, 300)],
      ["streams and a short timeout", { requestTimeout: Duration.seconds(59) }, ofTimes(59, 300)],
      ["a drain below the request timeout", { drainTimeout: Duration.seconds(239) }, ofTimes(240, 239)],
      ["no instance at rest", { scale: GatewayScale.auto({ minInstances: 0 }) }, expect.stringMatching(/^scale: /)],
      ["a region that is not known", { location: "eastsu" }, `location: ${locationWarning("eastsu")}`],
      [
        "a TLS policy that is not known",
        {
          listener: GatewayListener.https({
            certificate: fromKeyVault,
            tlsPolicy: TlsPolicy.of("AppGwSslPolicy20300101"),
          }),
        },
        expect.stringMatching(/^tlsPolicy: AppGwSslPolicy20300101 /),
      ],
      [
        "a probe that every account fails",
        { healthProbe: new HealthProbe({ path: "/" }) },
        probeWarning("/", ["200-399"]),
      ],
    ];
    test.each(warnings)("%s", (_, props, warning) => {
      expect(warning).toBeDefined();
      expect(gatewayOf(props).warnings).toContainEqual(warning);
    });

    const pools: [string, string[]][] = [
      ["one backend only", ["one.openai.azure.com"]],
      ["two names of one account", ["one.openai.azure.com", "one.cognitiveservices.azure.com"]],
      ["a regional endpoint", ["eastus.api.cognitive.microsoft.com", "one.openai.azure.com"]],
    ];
    test.each(pools)("%s", (_, fqdns) => {
      const { warnings } = synth((stack) => {
        const gateway = makeGateway(stack, { listener: https });
        for (const fqdn of fqdns) gateway.addBackend(fqdn);
      });
      expect(warnings).toEqual(poolWarnings(fqdns, fqdns.length));
      expect(warnings).toHaveLength(1);
    });

    test("a domain that is not Azure OpenAI's, and leaves its times and probe to its owner", () => {
      const fqdns = ["one.llm.internal", "two.llm.internal"];
      const { warnings } = synth((stack) => {
        const gateway = makeGateway(stack, {
          listener: https,
          requestTimeout: Duration.hours(1),
          drainTimeout: Duration.hours(1),
          healthProbe: new HealthProbe({ path: "/" }),
        });
        for (const fqdn of fqdns) gateway.addBackend(fqdn);
      });
      expect(warnings).toEqual(poolWarnings(fqdns, 2));
    });

    test("nothing where nothing is unwise", () => {
      expect(gatewayOf({ listener: https }).warnings).toEqual([]);
    });

    test("the same once, however often the app is synthesized", () => {
      const stack = makeStack();
      makeGateway(stack).addBackend("one.openai.azure.com");
      const { warnings } = Synthesized.of(stack);
      expect(Synthesized.of(stack).warnings).toEqual(warnings);
      expect(new Set(warnings).size).toBe(warnings.length);
    });
  });
});

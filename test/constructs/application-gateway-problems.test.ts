import {
  type ApplicationGatewayProps,
  Duration,
  GatewayListener,
  GatewayScale,
  HealthProbe,
  TlsPolicy,
} from "../../lib/index.js";
import {
  PROVIDERS,
  fromKeyVault,
  gatewayOf,
  https,
  makeGateway,
  theirIdentity,
} from "../support/application-gateway.js";
import { makeStack, synth } from "../support/synth.js";

describe("ApplicationGateway", () => {
  describe("refuses", () => {
    const refusals: [string, Partial<ApplicationGatewayProps>, string][] = [
      [
        "a name that Azure refuses",
        { name: "agw-" },
        'name: "agw-" cannot name an application gateway; allowed are 1 to 80 characters: letters, digits, underscores, periods and hyphens, a letter or digit first, no period or hyphen last',
      ],
      [
        "a location that is none",
        { location: "east-us" },
        'location: "east-us" is not an Azure region; write its name, such as "eastus" (`az account list-locations -o table`)',
      ],
      [
        "a subnet's name",
        { subnetId: "snet" },
        `subnetId: "snet" is not the id of a Microsoft.Network/virtualNetworks/subnets; write "${PROVIDERS}/Microsoft.Network/virtualNetworks/…/subnets/…"`,
      ],
      [
        "an address in place of its id",
        { publicIpAddressId: "203.0.113.1" },
        `publicIpAddressId: "203.0.113.1" is not the id of a Microsoft.Network/publicIPAddresses; write "${PROVIDERS}/Microsoft.Network/publicIPAddresses/…"`,
      ],
      [
        "an identity that is none",
        { identity: { ...theirIdentity, identityId: "id-a" } },
        `identity.identityId: "id-a" is not the id of a Microsoft.ManagedIdentity/userAssignedIdentities; write "${PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/…"`,
      ],
      [
        "a request timeout of nothing",
        { requestTimeout: Duration.seconds(0) },
        "requestTimeout: 0 is out of range; allowed is a whole number of seconds from 1 to 86400",
      ],
      [
        "half a second of request timeout",
        { requestTimeout: Duration.milliseconds(1500) },
        "requestTimeout: 1.5 is out of range; allowed is a whole number of seconds from 1 to 86400",
      ],
      [
        "a drain timeout over an hour",
        { drainTimeout: Duration.seconds(3601) },
        "drainTimeout: 3601 is out of range; allowed is a whole number of seconds from 1 to 3600",
      ],
      [
        "a probe timeout above its interval",
        { healthProbe: new HealthProbe({ timeout: Duration.seconds(31) }) },
        "healthProbe: timeout 31 s is above interval 30 s; Azure wants the timeout to be at most the interval",
      ],
      [
        "a probe path without a slash",
        { healthProbe: new HealthProbe({ path: "status" }) },
        'healthProbe.path: "status" does not begin with "/"; write a path such as "/status-0123456789abcdef"',
      ],
      [
        "a probe threshold of 21",
        { healthProbe: new HealthProbe({ unhealthyThreshold: 21 }) },
        "healthProbe.unhealthyThreshold: 21 is out of range; allowed is a whole number from 1 to 20",
      ],
      [
        "no status codes",
        { healthProbe: new HealthProbe({ statusCodes: [] }) },
        'healthProbe.statusCodes: [] accepts no answer; write at least one, such as "200-399"',
      ],
      [
        "status codes that are none",
        { healthProbe: new HealthProbe({ statusCodes: ["2xx"] }) },
        'healthProbe.statusCodes: "2xx" is not a status code or a range of them; write "200" or "200-399", from 100 to 599',
      ],
      [
        "126 instances",
        { scale: GatewayScale.fixed(126) },
        "scale.instances: 126 is out of range; allowed is a whole number from 1 to 125",
      ],
      [
        "a maximum of one instance",
        { scale: GatewayScale.auto({ minInstances: 1, maxInstances: 1 }) },
        "scale.maxInstances: 1 is out of range; allowed is a whole number from 2 to 125",
      ],
      [
        "a minimum above the maximum",
        { scale: GatewayScale.auto({ minInstances: 11 }) },
        "scale: minInstances 11 is above maxInstances 10; lower the one or raise the other",
      ],
      [
        "a port of Azure's own",
        { listener: GatewayListener.http({ port: 65_200 }) },
        "listener.port: 65200 is out of range; allowed is a whole number from 1 to 64999",
      ],
      [
        "HTTPS on the port of the redirect",
        { listener: GatewayListener.https({ certificate: fromKeyVault, port: 80 }) },
        "listener.port: 80 is the port that redirectHttp uses; choose another port, or set redirectHttp to false",
      ],
      [
        "a redirect to wildcards",
        { listener: GatewayListener.https({ certificate: fromKeyVault, hostNames: ["*.x.com"], redirectHttp: true }) },
        'listener.redirectHttp: cannot send clients to "*.x.com": Azure redirects to no wildcards; spell the host names out, or leave redirectHttp out',
      ],
      [
        "six host names",
        {
          listener: GatewayListener.http({
            hostNames: ["a.x.com", "b.x.com", "c.x.com", "d.x.com", "e.x.com", "f.x.com"],
          }),
        },
        "listener.hostNames: 6 host names are too many; Azure allows 5 on a listener, use wildcards",
      ],
      [
        "a host name that is a URL",
        { listener: GatewayListener.http({ hostNames: ["https://x.com"] }) },
        'listener.hostNames: "https://x.com" has a scheme, a port, a path or white space; write a host name such as "llm.example.com" or "*.example.com"',
      ],
      [
        "a tag with a slash",
        { tags: { "a/b": "c" } },
        'tags: "a/b" has a character that tag names cannot have; leave out < > % & \\ ? /',
      ],
    ];
    test.each(refusals)("%s", (_, props, message) => {
      expect(() => makeGateway(makeStack(), props)).toThrow(new Error(`stack/Gateway: ${message}`));
    });
  });

  describe("warns of", () => {
    const warnings: [string, Partial<ApplicationGatewayProps>, string][] = [
      [
        "HTTP",
        {},
        "the listener is HTTP: bearer tokens, API keys and prompts travel in clear; use HTTPS for anything but a trial",
      ],
      [
        "a timeout that Azure does not keep",
        { requestTimeout: Duration.seconds(241) },
        "request timeout 241 s: Azure cuts a request to a public backend at 240 s; more works with private endpoints only",
      ],
      [
        "streams and a short timeout",
        { requestTimeout: Duration.seconds(59) },
        "request timeout 59 s: a stream that pauses for longer is cut; allow 60 s or more",
      ],
      [
        "a drain below the request timeout",
        { drainTimeout: Duration.seconds(239) },
        "drain timeout 239 s is below the request timeout 240 s: a configuration update cuts requests that still wait",
      ],
      [
        "no instance at rest",
        { scale: GatewayScale.auto({ minInstances: 0 }) },
        "scale: the minimum is 0 instances, and scaling out takes 3 to 5 minutes; keep at least 1",
      ],
      [
        "a region that is not known",
        { location: "eastsu" },
        'location "eastsu" is no Azure region known here; did you mean "eastus"? Azure will refuse it if it does not exist',
      ],
      [
        "a TLS policy that is not known",
        {
          listener: GatewayListener.https({
            certificate: fromKeyVault,
            tlsPolicy: TlsPolicy.of("AppGwSslPolicy20300101"),
          }),
        },
        "TLS policy AppGwSslPolicy20300101 is not known here; Azure will refuse it if it does not exist",
      ],
    ];
    test.each(warnings)("%s", (_, props, warning) => {
      expect(gatewayOf(props).warnings).toContain(warning);
    });

    test("one backend only", () => {
      const { warnings } = synth((stack) => makeGateway(stack).addBackend("one.openai.azure.com"));
      expect(warnings).toContain(
        "one backend only (one.openai.azure.com): there is nothing to spread over, and no other when it fails",
      );
    });

    test("two names of one account", () => {
      const { warnings } = synth((stack) => {
        const gateway = makeGateway(stack);
        gateway.addBackend("one.openai.azure.com");
        gateway.addBackend("one.cognitiveservices.azure.com");
      });
      expect(warnings).toContain(
        "one.openai.azure.com, one.cognitiveservices.azure.com are one account, which has one quota; list each account once",
      );
    });

    test("a domain that is not Azure OpenAI's, and leaves it to its owner how long requests take", () => {
      const { warnings } = synth((stack) => {
        const gateway = makeGateway(stack, {
          listener: https,
          requestTimeout: Duration.hours(1),
          drainTimeout: Duration.hours(1),
        });
        gateway.addBackend("one.llm.internal");
        gateway.addBackend("two.llm.internal");
      });
      expect(warnings).toEqual([
        "one.llm.internal, two.llm.internal: no domain of Azure OpenAI; right only if your own DNS resolves it and the endpoint has a certificate for it",
      ]);
    });

    test("nothing where nothing is unwise", () => {
      expect(gatewayOf({ listener: https }).warnings).toEqual([]);
    });
  });
});

import fc from "fast-check";
import { contains, parseCidr, usableAddresses } from "../../lib/rules/cidr.js";
import * as gateway from "../../lib/rules/gateway.js";

describe("ranges of numbers", () => {
  test.each([
    ["requestTimeoutProblem", 1, 86_400, " of seconds"],
    ["drainTimeoutProblem", 1, 3_600, " of seconds"],
    ["probeIntervalProblem", 1, 86_400, " of seconds"],
    ["probeTimeoutProblem", 1, 86_400, " of seconds"],
    ["unhealthyThresholdProblem", 1, 20, ""],
    ["instancesProblem", 1, 125, ""],
    ["minInstancesProblem", 0, 100, ""],
    ["maxInstancesProblem", 2, 125, ""],
    ["portProblem", 1, 64_999, ""],
  ] as const)("%s: %d to %d", (name, min, max, unit) => {
    const rule = gateway[name];
    const refusal = (value: number) => `${value} is not allowed; write a whole number${unit} from ${min} to ${max}`;
    expect([rule.min, rule.max]).toEqual([min, max]);
    expect([rule(min), rule(max)]).toEqual([undefined, undefined]);
    expect([rule(min - 1), rule(max + 1), rule(min + 0.5)]).toEqual([
      refusal(min - 1),
      refusal(max + 1),
      refusal(min + 0.5),
    ]);
  });

  test("port 22 is Azure's", () => {
    expect(gateway.portProblem(22)).toBe("22 is reserved by Azure; choose another port from 1 to 64999");
  });
});

test("instanceRangeProblem refuses a minimum above the maximum", () => {
  expect(gateway.instanceRangeProblem({ min: 2, max: 2 })).toBeUndefined();
  expect(gateway.instanceRangeProblem({ min: 3, max: 2 })).toBe(
    "minInstances 3 is greater than maxInstances 2; lower minInstances or raise maxInstances",
  );
});

test("probeTimesProblem refuses a timeout above the interval", () => {
  expect(gateway.probeTimesProblem({ intervalSeconds: 30, timeoutSeconds: 30 })).toBeUndefined();
  expect(gateway.probeTimesProblem({ intervalSeconds: 30, timeoutSeconds: 31 })).toBe(
    "timeout 31 s is longer than interval 30 s; the timeout can be at most the interval",
  );
});

test("the default timeout of a probe is never above the interval", () => {
  for (const [intervalSeconds, timeoutSeconds] of [
    [1, 1],
    [29, 29],
    [30, 30],
    [300, 30],
  ] as const)
    expect(gateway.defaultProbeTimeoutSeconds(intervalSeconds)).toBe(timeoutSeconds);
});

test("autoscaleRange fills in the ends that are left out", () => {
  expect(gateway.autoscaleRange({})).toEqual({ min: 2, max: 10 });
  expect(gateway.autoscaleRange({ minInstances: 0, maxInstances: 3 })).toEqual({ min: 0, max: 3 });
});

describe("the gateway's subnet", () => {
  const problem = (prefix: string, space: string[], min: number) =>
    gateway.gatewaySubnetProblem(prefix, space, { min, max: 125 });

  test.each([
    ["10.0.0.0/24", ["10.0.0.0/16"], 125],
    ["10.1.0.0/27", ["10.0.0.0/16", "10.1.0.0/16"], 27],
  ])("%s in %j for %d instances is right", (prefix, space, min) => {
    expect(problem(prefix, space, min)).toBeUndefined();
  });

  test.each([
    [
      "10.2.0.0/24",
      ["10.0.0.0/16", "10.1.0.0/16"],
      0,
      `"10.2.0.0/24" is outside the network's address space 10.0.0.0/16, 10.1.0.0/16; choose a range inside it`,
    ],
    [
      "10.0.0.0/28",
      ["10.0.0.0/16"],
      0,
      '"10.0.0.0/28" is too small for a gateway; use /27 or larger (Azure recommends /24)',
    ],
    [
      "10.0.0.0/27",
      ["10.0.0.0/16"],
      28,
      '"10.0.0.0/27" has room for 27 instances, but 28 always run; use a larger range (Azure recommends /24)',
    ],
  ])("%s in %j for %d instances is refused", (prefix, space, min, expected) => {
    expect(problem(prefix, space, min)).toBe(expected);
  });

  test("warns where not all the instances fit", () => {
    expect(gateway.gatewaySubnetWarning("10.0.0.0/26", { min: 2, max: 59 })).toBeUndefined();
    expect(gateway.gatewaySubnetWarning("10.0.0.0/26", { min: 2, max: 60 })).toBe(
      "gateway subnet 10.0.0.0/26 has room for 59 instances, so the gateway cannot scale out to 60; use /24",
    );
  });

  test("what is accepted is inside, large enough and has room for what always runs", () => {
    const prefix = fc
      .tuple(fc.nat(255), fc.integer({ min: 16, max: 32 }))
      .map(([second, length]) => `10.${second}.0.0/${length}`);
    fc.assert(
      fc.property(prefix, prefix, fc.nat(125), (subnet, space, min) => {
        const { prefixLength } = parseCidr(subnet);
        const isRight = contains(space, subnet) && prefixLength <= 27 && min <= usableAddresses(prefixLength);
        expect(problem(subnet, [space], min) === undefined).toBe(isRight);
      }),
    );
  });
});

test("a listener without a certificate, or with settings that need HTTPS", () => {
  expect(gateway.noCertificateProblem()).toBe(
    'is missing or empty; write { "keyVaultId": "…", "secretId": "…" } for one in your Key Vault, or { "selfSigned": {} } for a trial',
  );
  expect(gateway.needsHttpsProblem()).toBe('needs HTTPS; set protocol to "Https", or remove it');
});

describe("timeoutWarnings", () => {
  const times = { requestTimeoutSeconds: 240, drainTimeoutSeconds: 300, streaming: true, hasPublicBackends: true };
  test.each([
    [
      { requestTimeoutSeconds: 241 },
      "requestTimeout: it is 241 s, but Azure ends a request to a public backend after 240 s; longer requests need private endpoints",
    ],
    [
      { requestTimeoutSeconds: 59 },
      "requestTimeout: it is 59 s, so a stream that pauses for longer is cut; allow 60 s or more",
    ],
    [
      { drainTimeoutSeconds: 239 },
      "drainTimeout: it is 239 s, below the request timeout of 240 s, so a configuration update cuts requests that are still waiting",
    ],
  ])("%j", (change, warning) => {
    expect(gateway.timeoutWarnings({ ...times, ...change })).toEqual([warning]);
  });

  test.each([
    {},
    { requestTimeoutSeconds: 86_400, drainTimeoutSeconds: 3_600, hasPublicBackends: false },
    { requestTimeoutSeconds: 1, streaming: false },
  ])("nothing for %j", (change) => {
    expect(gateway.timeoutWarnings({ ...times, ...change })).toEqual([]);
  });
});

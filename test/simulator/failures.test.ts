import { Duration } from "../../lib/duration.js";
import { type Health } from "../../lib/simulator/index.js";
import { GatewayUnderTest, fqdnOf } from "../support/simulated-gateway.js";
import { type Behaviour } from "../support/stub-backend.js";

type Name = "a" | "b" | "c";

interface Step {
  /** What changes before the requests are sent; "refuse" and "accept" concern connections. */
  readonly requests?: Partial<Record<Name, Behaviour | "refuse" | "accept">>;
  readonly probes?: Partial<Record<Name, Behaviour>>;
  /** Wait for the probes to notice. */
  readonly until?: Partial<Record<Name, Health>>;
  /** Who answers what, request after request. */
  readonly expected: readonly string[];
}

interface Case {
  readonly name: string;
  /** Probes before the first step; the gateway is created with them. */
  readonly atStart?: Partial<Record<Name, Behaviour>>;
  /** One probe at the start and no other, so that only requests can tell. */
  readonly noMoreProbes?: boolean;
  /** On Azure's clock. @default - long enough for any machine */
  readonly probeTimeoutSeconds?: number;
  readonly steps: readonly Step[];
}

const DAY = 86_400;
const PATIENCE = Duration.seconds(5);

const cases: readonly Case[] = [
  { name: "healthy members take turns", steps: [{ expected: ["a 200", "b 200", "c 200", "a 200", "b 200", "c 200"] }] },
  {
    name: "an error of the backend passes through, and the backend stays",
    noMoreProbes: true,
    steps: [{ requests: { b: 500 }, expected: ["a 200", "b 500", "c 200", "a 200", "b 500"] }],
  },
  {
    name: "429 passes through: no retry, no pause, nobody else asked",
    noMoreProbes: true,
    steps: [{ requests: { a: 429 }, expected: ["a 429", "b 200", "c 200", "a 429", "b 200", "c 200"] }],
  },
  {
    name: "until probes notice, a backend that refuses connections costs every third caller a 502",
    noMoreProbes: true,
    steps: [{ requests: { a: "refuse" }, expected: ["gateway 502", "b 200", "c 200", "gateway 502", "b 200"] }],
  },
  {
    name: "a reset connection is a 502, without another attempt",
    noMoreProbes: true,
    steps: [{ requests: { c: "reset" }, expected: ["a 200", "b 200", "gateway 502", "a 200", "b 200", "gateway 502"] }],
  },
  {
    name: "once probes notice, the others share its turns; it returns in its old place",
    steps: [
      { expected: ["a 200", "b 200"] },
      { requests: { b: "refuse" }, until: { b: "Unhealthy" }, expected: ["c 200", "a 200", "c 200", "a 200"] },
      { requests: { b: "accept" }, until: { b: "Healthy" }, expected: ["b 200", "c 200", "a 200", "b 200"] },
    ],
  },
  {
    name: "a status that the probe does not accept takes out a backend that would serve",
    steps: [
      { probes: { a: 404 }, until: { a: "Unhealthy" }, expected: ["b 200", "c 200", "b 200"] },
      { probes: { a: 200 }, until: { a: "Healthy" }, expected: ["c 200", "a 200", "b 200"] },
    ],
  },
  {
    name: "a redirect is not an accepted status either, with 200 as the only one",
    steps: [{ probes: { a: 302 }, until: { a: "Unhealthy" }, expected: ["b 200", "c 200", "b 200"] }],
  },
  {
    name: "a probe without answer fails after its timeout",
    probeTimeoutSeconds: 10,
    steps: [{ probes: { c: "hang" }, until: { c: "Unhealthy" }, expected: ["a 200", "b 200", "a 200", "b 200"] }],
  },
  {
    name: "a healthy probe path hides a backend that fails all requests",
    steps: [{ requests: { a: 503 }, expected: ["a 503", "b 200", "c 200", "a 503"] }],
  },
  {
    name: "a member takes no requests before its first successful probe",
    atStart: { a: 503 },
    steps: [
      { expected: ["b 200", "c 200", "b 200", "c 200"] },
      { probes: { a: 200 }, until: { a: "Healthy" }, expected: ["a 200", "b 200", "c 200", "a 200"] },
    ],
  },
  {
    name: "no healthy member is a 502 that no backend sees",
    steps: [
      {
        probes: { a: 500, b: "reset", c: 401 },
        until: { a: "Unhealthy", b: "Unhealthy", c: "Unhealthy" },
        expected: ["gateway 502", "gateway 502"],
      },
      { probes: { b: 200 }, until: { b: "Healthy" }, expected: ["b 200", "b 200"] },
    ],
  },
];

test.each(cases)("$name", async ({ atStart = {}, noMoreProbes = false, probeTimeoutSeconds, steps }) => {
  await using under = await GatewayUnderTest.create(
    {
      probe: {
        ...(noMoreProbes && { interval: DAY }),
        ...(probeTimeoutSeconds !== undefined && { timeout: probeTimeoutSeconds }),
      },
    },
    {},
    (backends) => {
      for (const [name, behaviour] of Object.entries(atStart))
        Object.assign(backends[name] ?? {}, { onProbe: behaviour });
    },
  );
  for (const { requests = {}, probes = {}, until = {}, expected } of steps) {
    for (const [name, behaviour] of Object.entries(requests)) {
      const backend = under.backend(name);
      if (behaviour === "refuse") await backend.refuse();
      else if (behaviour === "accept") await backend.accept();
      else backend.onRequest = behaviour;
    }
    for (const [name, behaviour] of Object.entries(probes)) under.backend(name).onProbe = behaviour;
    for (const [name, health] of Object.entries(until))
      await under.gateway.untilBackend(fqdnOf(name), health, PATIENCE);
    const outcomes: string[] = [];
    while (outcomes.length < expected.length) outcomes.push(await under.outcome());
    expect(outcomes).toEqual(expected);
  }
});

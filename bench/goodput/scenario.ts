/** Per minute; a limit that a deployment does not have is absent. */
export interface Quota {
  readonly tokens: number;
  readonly requests?: number;
}

/**
 * How limits count: a `bucket` refills steadily and holds what comes in so many seconds; `windows` are those that Azure
 * documents, a minute for tokens and 1 or 10 s for requests.
 */
export type Counting =
  { readonly kind: "bucket"; readonly seconds: number } | { readonly kind: "windows"; readonly requestSeconds: 1 | 10 };

/** Milliseconds to the answer of a request. */
export interface Latency {
  readonly answer: number;
  /** More, for each token. */
  readonly perToken: number;
  readonly refusal: number;
}

/** What answers say of limits: everything, the hint of a 429 alone, or nothing. */
export type HeaderSet = "all" | "hint" | "none";

/** How the rate of arrivals changes in a run; its mean is the demand. */
export type Shape = "steady" | "bursts" | "day";

/** What is the matter with one endpoint. */
export type Fault =
  /** Answers take so many times as long. */
  | { readonly kind: "slow"; readonly factor: number }
  /** A share of requests is answered 503. */
  | { readonly kind: "failing"; readonly share: number }
  /** Refuses connections, or every request, in a part of the run (shares of its length). */
  | { readonly kind: "unreachable" | "throttled"; readonly from: number; readonly to: number };

/** What happens to a pool of deployments, whoever spreads the requests. */
export interface Scenario {
  /** The same in each number of processes. */
  readonly name: string;
  readonly processes: number;
  /** Of what the limits allow in all. */
  readonly demand: number;
  /** Of each endpoint. */
  readonly quotas: readonly Quota[];
  readonly counting: Counting;
  /** Of a request, as counted on arrival. */
  readonly meanTokens: number;
  readonly shape: Shape;
  readonly headers: HeaderSet;
  readonly latency: Latency;
  /** By the endpoint's number. */
  readonly faults: Readonly<Record<number, Fault>>;
  /** Of each endpoint. @default all alike */
  readonly priorities?: readonly number[];
  /** A process is replaced by one that knows nothing after so long. @default never */
  readonly lifetimeSeconds?: number;
  /** By which the service estimates a prompt; clients expect 4. */
  readonly charactersPerToken: number;
}

export const PROCESSES = [1, 16, 200] as const;
export const DEMANDS = [0.7, 0.9, 1, 1.2] as const;
export const QUOTAS = {
  equal: [120_000, 120_000, 120_000, 120_000].map((tokens) => ({ tokens })),
  unequal: [30_000, 60_000, 120_000, 270_000].map((tokens) => ({ tokens })),
};

const USUAL: Omit<Scenario, "name" | "processes" | "demand"> = {
  quotas: QUOTAS.unequal,
  counting: { kind: "bucket", seconds: 10 },
  meanTokens: 1_500,
  shape: "steady",
  headers: "all",
  latency: { answer: 200, perToken: 0.25, refusal: 30 },
  faults: {},
  charactersPerToken: 4,
};

/** What departs from the usual: one thing each. */
const NAMED: Readonly<Record<string, Pick<Scenario, "demand"> & Partial<Scenario>>> = {
  "no x-ratelimit headers": { demand: 1, headers: "hint" },
  "no headers at all": { demand: 1, headers: "none" },
  "one endpoint slow": { demand: 0.9, faults: { 2: { kind: "slow", factor: 10 } } },
  "one endpoint failing": { demand: 0.9, faults: { 2: { kind: "failing", share: 0.05 } } },
  "cold start": { demand: 1, lifetimeSeconds: 20 },
  "join and leave": {
    demand: 0.7,
    faults: { 1: { kind: "unreachable", from: 0.2, to: 0.5 }, 2: { kind: "throttled", from: 0.4, to: 0.8 } },
  },
  "provisioned first": { demand: 0.9, priorities: [2, 2, 2, 1] },
  bursts: { demand: 0.8, shape: "bursts" },
  "day curve": { demand: 0.9, shape: "day" },
  "requests per minute": {
    demand: 1,
    quotas: QUOTAS.unequal.map(({ tokens }) => ({ tokens, requests: tokens / 1_000 })),
    meanTokens: 300,
  },
  "small buckets": { demand: 1, quotas: QUOTAS.equal, counting: { kind: "bucket", seconds: 2 }, meanTokens: 500 },
  "large buckets": { demand: 1, counting: { kind: "bucket", seconds: 60 } },
  "Azure's windows": {
    demand: 1,
    quotas: QUOTAS.unequal.map(({ tokens }) => ({ tokens, requests: (6 * tokens) / 1_000 })),
    counting: { kind: "windows", requestSeconds: 10 },
  },
  "estimates off": { demand: 1, charactersPerToken: 3 },
};

/** Each demand on equal and unequal quotas, then the named ones; each in 1, 16 and 200 processes. */
export const SCENARIOS: readonly Scenario[] = PROCESSES.flatMap((processes) => [
  ...(["equal", "unequal"] as const).flatMap((quotas) =>
    DEMANDS.map((demand) => ({ ...USUAL, name: `${quotas} quotas`, processes, demand, quotas: QUOTAS[quotas] })),
  ),
  ...Object.entries(NAMED).map(([name, change]) => ({ ...USUAL, ...change, name, processes })),
]);

/** Runs in half a minute, for the one run that takes its time. */
export const SOCKETS: Scenario = {
  ...USUAL,
  name: "four deployments of 240 requests a minute",
  processes: 1,
  demand: 0.95,
  quotas: Array.from({ length: 4 }, () => ({ tokens: 240_000, requests: 240 })),
  counting: { kind: "windows", requestSeconds: 1 },
  meanTokens: 150,
  latency: { answer: 30, perToken: 0, refusal: 30 },
};

/** Tokens a minute that the limits of an endpoint allow to requests of the mean size. */
export function throughput({ tokens, requests = Number.POSITIVE_INFINITY }: Quota, meanTokens: number): number {
  return Math.min(tokens, requests * meanTokens);
}

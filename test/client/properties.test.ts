import fc from "fast-check";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CooldownScope,
  createLoadBalancedFetch,
  type EndpointOptions,
  type LoadBalancedFetchOptions,
  type Operation,
  STRATEGIES,
} from "../../lib/client/index.js";

/** Repeated by default, not repeated, and about a stored thing that nobody has told of yet. */
const URLS = {
  chat: "https://any.example/openai/deployments/gpt/chat/completions",
  images: "https://any.example/openai/v1/images/generations",
  sticky: "https://any.example/openai/v1/threads/thread_1/runs",
} as const;
const CHAT = URLS.chat;
const EVIL = "https://evil.example/";

/** What a scripted endpoint does: answer with a status, break, or answer and break in the middle of the body. */
type Step = number | "ECONNREFUSED" | "ECONNRESET" | "cut" | "not-found";
const FAILURES: readonly Step[] = [429, 408, 500, 502, 503, 504, 401, 403, "ECONNREFUSED", "ECONNRESET", "not-found"];

interface Form {
  readonly body: "string" | "stream" | "Request";
  readonly operation: keyof typeof URLS;
}
const PLAIN: Form = { body: "string", operation: "chat" };

type CredentialKind = "key" | "token" | "failing provider";

interface Sent {
  readonly call: string;
  readonly endpoint: string;
  readonly at: number;
}

/**
 * Endpoints in memory that answer by their scripts, behind a balanced fetch on a clock that tests move. Checks at each
 * request that comes in what must hold for all of them.
 */
class World {
  readonly sent: Sent[] = [];
  readonly violations: string[] = [];
  now = 0;
  readonly fetch;
  private readonly coolingDownUntil = new Map<string, number>();
  private calls = 0;

  constructor(
    private readonly scripts: readonly Step[][],
    options: Partial<LoadBalancedFetchOptions> = {},
    adjust: (index: number) => Partial<EndpointOptions> = () => ({}),
    private readonly credentials: readonly CredentialKind[] = [],
  ) {
    this.fetch = createLoadBalancedFetch({
      endpoints: scripts.map((_, index) => ({ ...this.endpoint(index), ...adjust(index) })),
      now: () => this.now,
      fetch: async (url, init) => this.serve(String(url), init ?? {}),
      onEvent: (event) => {
        if (event.type === "recovered") this.coolingDownUntil.delete(cooldownKey(event));
        if (event.type !== "cooldown") return;
        this.coolingDownUntil.set(cooldownKey(event), this.now + event.cooldownMilliseconds);
      },
      ...options,
    });
  }

  post({ body, operation }: Form = PLAIN): Promise<Response> {
    const headers = { "x-call": String(this.calls++), "api-key": "key-of-caller", authorization: "key-of-caller" };
    const content = body === "stream" ? new Blob(["{}"]).stream() : "{}";
    const init: RequestInit & { duplex: "half" } = { method: "POST", body: content, headers, duplex: "half" };
    const url = URLS[operation];
    return body === "Request" ? this.fetch(new Request(url, init)) : this.fetch(url, init);
  }

  isAvailable(endpoint: string, deployment = "gpt", operation: Operation = "chat"): boolean {
    return SCOPES.every(
      (scope) => this.now >= (this.coolingDownUntil.get(cooldownKey({ endpoint, scope, deployment, operation })) ?? 0),
    );
  }

  private endpoint(index: number) {
    const place = { name: `e${index}`, url: `https://e${index}.example` };
    const kind = this.credentials[index] ?? "key";
    if (kind === "key") return { ...place, apiKey: `key-of-e${index}` };
    return {
      ...place,
      tokenProvider: async () => {
        if (kind === "failing provider") throw new Error("no identity");
        return `token-of-e${index}`;
      },
    };
  }

  private async serve(url: string, init: RequestInit): Promise<Response> {
    const { hostname } = new URL(url);
    const name = hostname.split(".")[0] ?? "";
    const headers = new Headers(init.headers);
    const call = headers.get("x-call") ?? "";
    this.require(init.redirect === "manual", `${name} may be redirected`);
    const kind = this.credentials[Number(name.slice(1))] ?? "key";
    const [key, token] = kind === "key" ? [`key-of-${name}`, null] : [null, `Bearer token-of-${name}`];
    this.require(kind !== "failing provider", `${name} was called without a credential`);
    this.require(headers.get("api-key") === key, `${name} got the key ${headers.get("api-key")}`);
    this.require(headers.get("authorization") === token, `${name} got ${headers.get("authorization")}`);
    // "" is that of requests that name none.
    const deployment = url.includes("/deployments/gpt/") ? "gpt" : "";
    // While a token is fetched another call can begin a cooldown.
    const maybeLate = kind === "token";
    const operation = OPERATION_OF[url.split("/").at(-1) ?? ""] ?? "other";
    this.require(
      this.scripts.length === 1 || maybeLate || this.isAvailable(name, deployment, operation),
      `${name} was called while cooling down`,
    );
    this.require(
      !this.sent.some((other) => other.call === call && other.endpoint === name),
      `${name} was called twice`,
    );
    this.sent.push({ call, endpoint: name, at: this.now });
    const step = this.scripts[Number(name.slice(1))]?.shift() ?? 200;
    // Endpoints take their time, so that calls overlap.
    for (let n = 0; n < this.sent.length % 3; n++) await Promise.resolve();
    return answer(step, name);
  }

  private require(condition: boolean, otherwise: string): void {
    if (!condition) this.violations.push(otherwise);
  }
}

const SCOPES: readonly CooldownScope[] = ["origin", "endpoint", "operation", "deployment"];
const OPERATION_OF: Readonly<Record<string, Operation>> = { completions: "chat", generations: "images" };

interface CooldownPlace {
  readonly endpoint: string;
  readonly scope: CooldownScope;
  readonly deployment: string | undefined;
  readonly operation: Operation | undefined;
}

function cooldownKey({ endpoint, scope, deployment, operation }: CooldownPlace): string {
  if (scope === "deployment") return `${endpoint} deployment ${deployment ?? ""}`;
  return scope === "operation" ? `${endpoint} operation ${operation}` : `${endpoint} ${scope}`;
}

function answer(step: Step, name: string): Response {
  if (step === "ECONNREFUSED" || step === "ECONNRESET") {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error(step), { code: step }) });
  }
  if (step === "not-found") return Response.json({ error: { code: "DeploymentNotFound" } }, { status: 404 });
  if (step === "cut" || step === 200) {
    let chunks = 3;
    const body = new ReadableStream({
      pull(controller) {
        if (chunks-- > 0) controller.enqueue(new TextEncoder().encode(`${name};`));
        else if (step === "cut") controller.error(new Error("cut"));
        else controller.close();
      },
    });
    return new Response(body);
  }
  const location = step >= 300 && step < 400 ? { location: EVIL } : undefined;
  return new Response("…", { status: step, headers: { ...location, ...(step === 429 && { "retry-after-ms": "70" }) } });
}

const script = (...steps: readonly Step[]) => fc.array(fc.constantFrom(...steps), { maxLength: 12 });
const strategy = fc.constantFrom(...STRATEGIES);
const form: fc.Arbitrary<Form> = fc.record({
  body: fc.constantFrom("string", "stream", "Request"),
  operation: fc.constantFrom("chat", "images", "sticky"),
});
const credentials = fc.array(fc.constantFrom<CredentialKind[]>("key", "token", "failing provider"), {
  minLength: 4,
  maxLength: 4,
});
/** Rounds of calls at the same time, with a step of the clock before each. */
const rounds = fc.array(
  fc.record({ pause: fc.integer({ min: 0, max: 3_000 }), calls: fc.integer({ min: 1, max: 6 }) }),
  {
    minLength: 1,
    maxLength: 12,
  },
);

async function play(
  world: World,
  plan: readonly { pause: number; calls: number }[],
  forms: readonly Form[] = [PLAIN],
): Promise<PromiseSettledResult<Response>[]> {
  const results: PromiseSettledResult<Response>[] = [];
  for (const { pause, calls } of plan) {
    world.now += pause;
    results.push(
      ...(await Promise.allSettled(Array.from({ length: calls }, (_, n) => world.post(forms[n % forms.length])))),
    );
  }
  return results;
}

describe("whatever the endpoints do", () => {
  test("every request succeeds as long as one endpoint is healthy", async () => {
    const failing = fc.array(script(...FAILURES, 200), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(failing, fc.nat(), strategy, rounds, credentials, async (scripts, at, chosen, plan, kinds) => {
        const healthy = at % (scripts.length + 1);
        const world = new World(
          scripts.toSpliced(healthy, 0, []),
          { strategy: chosen },
          () => ({}),
          kinds.toSpliced(healthy, 0, "token"),
        );
        const results = await play(world, plan);
        expect(results.map((result) => (result.status === "fulfilled" ? result.value.status : result.reason))).toEqual(
          results.map(() => 200),
        );
        expect(world.violations).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("no endpoint that cools down is called before its time, none twice in a lap, no credential strays", async () => {
    const any = fc.array(script(...FAILURES, 200, 302, 307, 400, "cut"), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        any,
        strategy,
        rounds,
        credentials,
        fc.array(form, { minLength: 1, maxLength: 6 }),
        async (scripts, chosen, plan, kinds, forms) => {
          const world = new World(scripts, { strategy: chosen }, () => ({}), kinds);
          await play(world, plan, forms);
          expect(world.violations).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("an endpoint that refuses is asked once in the time of its cooldown: with 401 for all, with 403 for each operation", async () => {
    const some = fc.array(form, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(some, strategy, fc.constantFrom<Step[]>(401, 403), async (forms, chosen, refusal) => {
        const world = new World([forms.map(() => refusal), [], []], { strategy: chosen });
        const statuses: number[] = [];
        for (const each of forms) statuses.push((await world.post(each)).status);
        const most = refusal === 401 ? 1 : new Set(forms.map(({ operation }) => operation)).size;
        expect(world.sent.filter(({ endpoint }) => endpoint === "e0").length).toBeLessThanOrEqual(most);
        expect(statuses.filter((status) => status !== 200).length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 100 },
    );
  });

  test("a request goes first to the best priority that is available: they spill over, and return", async () => {
    const priorities = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), script(429, 429, 200)), {
      minLength: 2,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(priorities, fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }), async (list, pauses) => {
        const world = new World(
          list.map(([, steps]) => steps),
          {},
          (index) => ({ priority: list[index]?.[0] ?? 1 }),
        );
        for (const pause of pauses) {
          world.now += pause;
          const available = list.flatMap(([priority], index) => (world.isAvailable(`e${index}`) ? [priority] : []));
          const before = world.sent.length;
          await world.post();
          const first = world.sent[before];
          if (available.length === 0) expect(first).toBeUndefined();
          else expect(list[Number(first?.endpoint.slice(1))]?.[0]).toBe(Math.min(...available));
        }
        expect(world.violations).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("a body comes from one endpoint, to its end or to the error that cut it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(script("cut", 200, 429, 503), { minLength: 2, maxLength: 4 }),
        rounds,
        async (scripts, plan) => {
          const world = new World(scripts);
          for (const result of await play(world, plan)) {
            if (result.status !== "fulfilled" || result.value.status !== 200) continue;
            const text = await result.value.text().catch((error: Error) => error.message);
            expect(text).toMatch(/^(e\d;)\1\1$|^cut$/);
          }
        },
      ),
    );
  });

  test("calls share the endpoints by weight within five standard deviations", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 }),
        fc.nat(),
        async (weights, seed) => {
          let state = seed;
          const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
          const world = new World(
            weights.map(() => []),
            { random },
            (index) => ({ weight: weights[index] ?? 1 }),
          );
          const calls = 400;
          for (let n = 0; n < calls; n++) await world.post();
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          for (const [index, weight] of weights.entries()) {
            const share = weight / total;
            const count = world.sent.filter(({ endpoint }) => endpoint === `e${index}`).length;
            expect(Math.abs(count - calls * share)).toBeLessThanOrEqual(5 * Math.sqrt(calls * share * (1 - share)));
          }
        },
      ),
      { numRuns: 10, seed: 1 },
    );
  });
});

test("waiting calls lose nothing while every endpoint is throttled in turn", async () => {
  const throttled = Array.from({ length: 6 }, () => 429 as const);
  const world = { calls: 0, scripts: [[...throttled], [...throttled]] };
  const { Duration } = await import("../../lib/client/index.js");
  const fetch = createLoadBalancedFetch({
    endpoints: [0, 1].map((index) => ({ url: `https://e${index}.example`, apiKey: "k" })),
    whenExhausted: "wait",
    deadline: Duration.minutes(5),
    fetch: async (url) => {
      world.calls++;
      await sleep(1);
      const step = world.scripts[Number(String(url)[9])]?.shift() ?? 200;
      return new Response("…", { status: step, headers: { "retry-after-ms": "3" } });
    },
  });
  const responses = await Promise.all(Array.from({ length: 20 }, () => fetch(CHAT, { method: "POST", body: "{}" })));
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
});

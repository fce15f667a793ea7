/**
 * What the client promises, checked in whatever runtime loads this file: no test framework, nothing of Node. A check
 * is a list of steps; where a runtime has requests of its own (workerd), each step is one, as users' calls are.
 */
import { createLoadBalancedFetch, Duration } from "../../dist/esm/client/index.js";

const BASE = "https://balanced.invalid/openai/v1";
const TRANSCRIPTIONS = `${BASE}/audio/transcriptions`;

const STEP_LIMIT_MILLISECONDS = 20_000;

/** A worker may do this while its module is loaded, where it has neither timers nor a network. */
createLoadBalancedFetch({
  endpoints: [{ url: "https://account.invalid", apiKey: "key" }],
  strategy: "round-robin",
  deadline: Duration.seconds(1),
  whenExhausted: "wait",
});

/** @typedef {{ urls: Record<string, string>, fetch?: typeof globalThis.fetch }} Context */

/** @type {Record<string, ((context: Context) => Promise<void>)[]>} */
export const checks = {
  "a call": [
    async (context) => {
      const { fetch } = balancer(context, ["healthy"]);
      const response = await fetch(...chat());
      equal(response.status, 200, "status");
      equal((await response.json()).from, "healthy", "who answered");
      const { last } = await seen(context, "healthy");
      equal(last.headers["api-key"], "key-of-healthy", "the credential that arrived");
      equal(last.headers.authorization, undefined, "the caller's credential");
      equal(last.body, chat()[1].body, "the body that arrived");
    },
  ],
  "fail-over on 429": [failsOver("throttled", "throttled")],
  "fail-over on 503": [failsOver("unavailable", "failed")],
  "fail-over on connection refused": [failsOver("refused", "failed")],
  "fail-over of an image on connection refused": [
    async (context) => {
      const { fetch } = balancer(context, ["refused", "healthy"]);
      const [, init] = chat();
      const call = fetch(`${BASE}/images/generations`, init);
      // An image must not be made twice. workerd does not tell a refused connection from one that broke later.
      if (runtimeName() === "workerd") equal((await rejection(call)).message, "Network connection lost.", "the error");
      else equal((await (await call).json()).from, "healthy", "who answered");
    },
  ],
  "fail-over on connection reset": [failsOver("reset", "failed")],
  "fail-over on name not found": [failsOver("nameless", "failed")],
  "fail-over on attempt timeout": [failsOver("hanging", "failed", { attemptTimeout: Duration.milliseconds(300) })],
  "fail-over on a rate limit in a stream": [failsOver("limited", "throttled")],
  "abort with the caller's reason": [
    async (context) => {
      const { fetch } = balancer(context, ["hanging", "healthy"]);
      const controller = new AbortController();
      const before = await seen(context, "hanging");
      const call = fetch(...chat({}, { signal: controller.signal }));
      call.catch(() => undefined);
      await until(context, "hanging", (now) => now.count > before.count);
      const reason = new Error("the user left");
      controller.abort(reason);
      equal(await rejection(call), reason, "what the call rejects with");
      await until(context, "hanging", (now) => now.abandoned > before.abandoned);
    },
  ],
  "a stream passes unchanged": [
    async (context) => {
      const { fetch } = balancer(context, ["streaming"]);
      const response = await fetch(...chat({ stream: true }));
      equal(response.status, 200, "status");
      equal(response.headers.get("content-type"), "text/event-stream", "content type");
      equal(response.url, `${context.urls.streaming}/openai/v1/chat/completions`, "url");
      equal(response.bodyUsed, false, "bodyUsed");
      const copy = response.clone();
      const [text, again] = await Promise.all([response.text(), copy.text()]);
      equal(text, context.urls.streamed, "the stream");
      equal(again, text, "the stream of the clone");
      equal(response.bodyUsed, true, "bodyUsed when read");
    },
  ],
  "a large answer that is looked into": [
    async (context) => {
      const { fetch } = balancer(context, ["large", "healthy"]);
      const body = JSON.stringify({ model: "gpt", input: "Say hello." });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${BASE}/responses`, { method: "POST", headers, body });
      const { id, output } = await response.json();
      equal(id, "resp_large", "id");
      equal(output.length, 1_000, "items");
    },
  ],
  "cancelling a stream reaches the endpoint": [
    async (context) => {
      const { fetch } = balancer(context, ["endless"]);
      const before = await seen(context, "endless");
      const response = await fetch(...chat({ stream: true }));
      // A foreign fetch may give a body of its own kind.
      if (typeof response.body.getReader === "function") {
        const reader = response.body.getReader();
        equal((await reader.read()).done, false, "done");
        await reader.cancel();
      } else {
        response.body.destroy();
      }
      await until(context, "endless", (now) => now.abandoned > before.abandoned);
    },
  ],
  "a form's model is renamed": [
    async (context) => {
      const { fetch } = balancer(context, ["throttled", "healthy"], { deployments: { whisper: "whisper-eu" } });
      const form = new FormData();
      form.append("file", new Blob(["RIFF"], { type: "audio/wav" }), "speech.wav");
      form.append("model", "whisper");
      const response = await fetch(TRANSCRIPTIONS, { method: "POST", body: form });
      equal((await response.json()).from, "healthy", "who answered");
      const { last } = await seen(context, "healthy");
      equal(last.headers["content-type"].startsWith("multipart/form-data; boundary="), true, "a form arrived");
      const fields = last.body.split("\r\n");
      equal(fields.includes("whisper-eu"), true, "the endpoint's name of the deployment");
      equal(fields.includes("whisper"), false, "the caller's name of the deployment");
      equal(fields.includes("RIFF"), true, "the file");
    },
  ],
  "a body that is a stream": [
    (context) =>
      sendsStream(context, ([url, init]) => [url, { ...init, body: new Blob([init.body]).stream(), duplex: "half" }]),
    (context) => sendsStream(context, ([url, init]) => [new Request(url, init)]),
  ],
  "a call waits until an endpoint is free": [
    async (context) => {
      const waiting = { whenExhausted: "wait", deadline: Duration.seconds(15) };
      const { fetch, attempts } = balancer(context, ["busy", "also-busy"], waiting);
      const response = await fetch(...chat());
      equal(response.status, 200, "status");
      equal(attempts().slice(0, 2).join(", "), "busy throttled, also-busy throttled", "the first attempts");
      equal(attempts().length, 3, "attempts");
    },
  ],
  "state outlives a request": [
    async (context) => {
      shared = balancer(context, ["throttled", "healthy"]);
      await (await shared.fetch(...chat())).text();
    },
    async (context) => {
      const before = await seen(context, "throttled");
      const response = await shared.fetch(...chat());
      equal((await response.json()).from, "healthy", "who answered");
      equal((await seen(context, "throttled")).count, before.count, "requests at the throttled endpoint");
      const [throttled, healthy] = shared.fetch.snapshot();
      equal(throttled.deployments[0].status, "cooling-down", "status of the throttled endpoint");
      equal(healthy.status, "available", "status of the other one");
    },
  ],
};

/** @type {ReturnType<typeof balancer>} */
let shared;

/** What runs this, by its own account. */
export function runtimeName() {
  const { Deno, Bun, EdgeRuntime, navigator, process } = globalThis;
  if (Deno !== undefined) return `Deno ${Deno.version.deno}`;
  if (Bun !== undefined) return `Bun ${Bun.version}`;
  if (EdgeRuntime !== undefined) return String(EdgeRuntime);
  if (navigator?.userAgent === "Cloudflare-Workers") return "workerd";
  return `Node ${process.versions.node}`;
}

/**
 * @param {Context} context
 * @returns undefined where it holds, else what went wrong.
 */
export async function runStep(context, check, step) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`has not ended after ${STEP_LIMIT_MILLISECONDS} ms`)),
      STEP_LIMIT_MILLISECONDS,
    );
  });
  try {
    await Promise.race([checks[check][step](context), late]);
    return undefined;
  } catch (error) {
    return `step ${step + 1}: ${describe(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

/** @returns {Promise<Record<string, string | null>>} by check: null where it holds, else what went wrong. */
export async function runAll(context) {
  const results = {};
  for (const [check, steps] of Object.entries(checks)) {
    results[check] = null;
    for (let step = 0; step < steps.length && results[check] === null; step++) {
      results[check] = (await runStep(context, check, step)) ?? null;
    }
  }
  return results;
}

function failsOver(first, outcome, options = {}) {
  return async (context) => {
    const { fetch, attempts } = balancer(context, [first, "healthy"], options);
    const response = await fetch(...chat());
    equal(response.status, 200, "status");
    equal((await response.json()).from, "healthy", "who answered");
    equal(attempts().join(", "), `${first} ${outcome}, healthy answered`, "attempts");
  };
}

/** A fetch that does not know web streams is refused by name. */
async function sendsStream(context, streamed) {
  const { fetch } = balancer(context, ["healthy"]);
  const body = chat()[1].body;
  try {
    const response = await fetch(...streamed(chat()));
    equal((await response.json()).from, "healthy", "who answered");
  } catch (error) {
    if (context.fetch !== undefined && error.code === "ERR_INVALID_OPTION") return;
    throw error;
  }
  equal((await seen(context, "healthy")).last.body, body, "the body that arrived");
}

/** Endpoints in the order in which they are to be tried. */
function balancer({ urls, fetch }, names, { deployments, ...options } = {}) {
  const events = [];
  return {
    attempts: () =>
      events.filter(({ type }) => type === "attempt").map(({ endpoint, outcome }) => `${endpoint} ${outcome}`),
    fetch: createLoadBalancedFetch({
      endpoints: names.map((name, index) => ({
        name,
        url: urls[name],
        apiKey: `key-of-${name}`,
        priority: index + 1,
        ...(deployments && { deployments }),
      })),
      onEvent: (event) => void events.push(event),
      ...(fetch && { fetch }),
      ...options,
    }),
  };
}

function chat(body = {}, init = {}) {
  return [
    `${BASE}/chat/completions`,
    {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer the-callers" },
      body: JSON.stringify({ model: "gpt", messages: [{ role: "user", content: "Say hello." }], ...body }),
      ...init,
    },
  ];
}

/** What an endpoint has seen: how many requests, how many that their client left, and the last. */
async function seen({ urls }, name) {
  return (await fetch(`${urls.control}/${name}`)).json();
}

/** Waits until an endpoint has seen it; not for ever. */
async function until(context, name, condition) {
  for (let left = 200; left > 0; left--) {
    if (condition(await seen(context, name))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} never saw it: ${condition}`);
}

async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the call resolved, it should have rejected");
}

function equal(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: expected ${describe(expected)}, got ${describe(actual)}`);
}

function describe(value) {
  if (!(value instanceof Error)) return JSON.stringify(value) ?? String(value);
  const code = value.code === undefined ? "" : ` (${value.code})`;
  return `${value.name}: ${value.message}${code}${value.cause === undefined ? "" : ` <- ${describe(value.cause)}`}`;
}

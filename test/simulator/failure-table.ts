import { setTimeout as sleep } from "node:timers/promises";
import { type AccessLogEntry, SimulatedGateway, parseGatewayModel } from "../../lib/simulator/index.js";
import { startFailingBackend } from "../support/failing-backend.js";
import { BODIES, type Body, type Manners, PROTOCOLS, type Protocol, ask } from "../support/failing-client.js";
import { gatewayJson, httpsListener, listener, rule, settings } from "../support/terraform-json.js";

// A program of its own, so that nothing catches what the gateway lets through: every way to fail, with every form of
// body, buffering and protocol. It fails on an uncaught exception, an unhandled rejection, an outcome or an access log
// that is not as expected, and on any exchange, socket or timer that is left. Run by failure-table.test.ts; on another
// version of Node: npx -p node@24 node --import tsx test/simulator/failure-table.ts

interface Moment {
  /** Also what the backend does, and the beginning of the path. */
  readonly name: string;
  readonly manners?: Manners;
  /** What the client gets, and the access log's error without ERRORINFO_. */
  readonly expected: number | "broken off" | "left";
  readonly error: string;
  /** Needs clocks that run fast. */
  readonly timed?: true;
  /** Which bodies; all that are sent to the end, unless said otherwise. */
  readonly bodies?: (body: Body) => boolean;
}

const finished = (body: Body) => body !== "unfinished";
const CLOSED = "UPSTREAM_CLOSED_CONNECTION";
const LEFT = { expected: "left", error: "CLIENT_CLOSED_REQUEST", bodies: () => true } as const;

const MOMENTS: readonly Moment[] = [
  { name: "whole", expected: 200, error: "NO_ERROR" },
  { name: "refused", expected: 502, error: CLOSED },
  { name: "reset-at-once", expected: 502, error: CLOSED },
  { name: "reset-after-headers", expected: "broken off", error: CLOSED },
  { name: "reset-in-body", expected: "broken off", error: CLOSED },
  { name: "closed-in-body", expected: "broken off", error: CLOSED },
  { name: "no-http", expected: 502, error: CLOSED },
  { name: "bad-header", expected: 502, error: CLOSED },
  { name: "two-lengths", expected: 502, error: CLOSED },
  { name: "bad-chunk", expected: "broken off", error: CLOSED },
  { name: "early", expected: 401, error: "NO_ERROR" },
  { name: "hang", manners: "leaves", ...LEFT },
  { name: "hang-in-body", manners: "leaves", ...LEFT, bodies: finished },
  { name: "silent-at-once", expected: 504, error: "UPSTREAM_TIMED_OUT", timed: true },
  { name: "silent-after-headers", expected: "broken off", error: "UPSTREAM_TIMED_OUT", timed: true },
  { name: "silent-in-body", expected: "broken off", error: "UPSTREAM_TIMED_OUT", timed: true },
  { name: "hang", expected: 408, error: "CLIENT_TIMED_OUT", timed: true, bodies: (body) => !finished(body) },
  { name: "large", manners: "does not read", expected: "broken off", error: "CLIENT_TIMED_OUT", timed: true },
];

/** Each needs a gateway of its own, since it ends it. */
const ENDS = ["hang", "hang-in-body"] as const;

const SHORT_TIMEOUT_SECONDS = 20;
const DAY = 86_400;
/** 20 seconds of a silent backend and a minute of a silent client are one and three, so that a busy machine is not one. */
const FAST = 20;
/** Those that wait for a clock do nothing meanwhile. */
const AT_ONCE = { timed: 32, untimed: 8 };

const problems: string[] = [];
let count = 0;

process.on("uncaughtException", (error) => problems.push(`uncaught exception: ${error.stack}`));
process.on("unhandledRejection", (error) => problems.push(`unhandled rejection: ${(error as Error).stack}`));

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

async function main(): Promise<void> {
  const backend = await startFailingBackend();
  for (const protocol of PROTOCOLS) {
    for (const request of [false, true]) {
      for (const response of [false, true]) {
        const setup = { protocol, request, response, backend: backend.url };
        await failures({ ...setup, timed: false });
        await failures({ ...setup, timed: true });
        for (const name of ENDS) await destruction(setup, name);
      }
    }
  }
  await backend.stop();
  await untilNothingIsLeft();
  for (const problem of problems) console.error(problem);
  console.log(`${count} failures, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

interface Setup {
  readonly protocol: Protocol;
  readonly request: boolean;
  readonly response: boolean;
  readonly backend: string;
}

/** All that fail by themselves, several at once, at one gateway. */
async function failures({ timed, ...setup }: Setup & { timed: boolean }): Promise<void> {
  const { gateway, log, stop } = await startGateway(setup, timed ? FAST : 1);
  const entriesOf = (path: string) => log.filter(({ OriginalRequestUriWithArgs: asked }) => asked === path);
  const cases = MOMENTS.filter((moment) => (moment.timed ?? false) === timed).flatMap((moment) =>
    bodies().map((body) => ({ moment, body })),
  );
  const left = cases.filter(({ moment: { bodies: fits = finished }, body }) => fits(body));
  const expected = left.map(({ moment, body }) => ({ ...moment, path: pathOf(moment.name, body) }));
  await Promise.all(
    Array.from({ length: timed ? AT_ONCE.timed : AT_ONCE.untimed }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { moment, body } = next;
        const path = pathOf(moment.name, body);
        const got = await ask(setup.protocol, gateway.url, path, body, moment.manners ?? "waits", () =>
          until(() => entriesOf(path).length > 0),
        );
        count += 1;
        if (got !== moment.expected) complain(setup, path, `the client got ${got}, expected ${moment.expected}`);
      }
    }),
  );
  await until(() => expected.every(({ path, error }) => error === LEFT.error || entriesOf(path).length > 0));
  for (const { path, error } of expected) {
    const entries = entriesOf(path);
    const got = entries.map(({ ErrorInfo }) => ErrorInfo.replace("ERRORINFO_", "")).join();
    // A client that leaves may have done so before its request arrived.
    if (got !== error && !(got === "" && error === LEFT.error))
      complain(setup, path, `the access log has ${got || "nothing"}, expected ${error}`);
  }
  await until(() => gateway.backendStates().every(({ requestsInFlight }) => requestsInFlight === 0));
  await stop();
}

/** The gateway ends under its clients. */
async function destruction(setup: Setup, name: (typeof ENDS)[number]): Promise<void> {
  const { gateway, log, stop } = await startGateway(setup, 1);
  const paths = bodies().map((body) => ({ body, path: pathOf(name, body) }));
  const asked = paths.map(({ body, path }) =>
    ask(setup.protocol, gateway.url, path, body, "waits", () => Promise.resolve()),
  );
  // Node's HTTP/2 client does not notice a connection that is reset right after its handshake.
  const finite = paths.filter(({ body }) => finished(body)).length;
  await until(() => gateway.backendStates().reduce((sum, { requestsInFlight }) => sum + requestsInFlight, 0) >= finite);
  await sleep(100);
  await stop();
  const outcomes = await Promise.all(asked);
  count += outcomes.length;
  for (const [index, outcome] of outcomes.entries()) {
    // A 502 that was sent before the connection went is as good.
    if (outcome !== "broken off" && outcome !== 502) complain(setup, paths[index]?.path, `destroyed: got ${outcome}`);
  }
  if (log.length > paths.length) complain(setup, name, `${log.length} entries for ${paths.length} requests`);
  if (gateway.backendStates().some(({ requestsInFlight }) => requestsInFlight > 0)) complain(setup, name, "in flight");
}

function bodies(): Body[] {
  return Object.keys(BODIES) as Body[];
}

function pathOf(moment: string, body: Body): string {
  return `/${moment}/${body}`;
}

async function startGateway({ protocol, request, response, backend }: Setup, timeScale: number) {
  const secure = protocol !== "HTTP/1.1";
  const to = (pool: string, settingsName: string) => ({
    backend_address_pool_name: pool,
    backend_http_settings_name: settingsName,
  });
  const model = parseGatewayModel(
    gatewayJson({
      buffering: { request, response },
      http2: protocol === "HTTP/2",
      listeners: [secure ? httpsListener() : listener()],
      pools: [
        { name: "openai", fqdns: ["a.test"] },
        { name: "refused", fqdns: ["refused.test"] },
      ],
      settings: { request_timeout: DAY },
      moreSettings: [settings({ name: "short", request_timeout: SHORT_TIMEOUT_SECONDS })],
      probe: { interval: DAY, timeout: DAY },
      rules: [
        rule({
          http_listener_name: secure ? "https" : "http",
          rule_type: "PathBasedRouting",
          url_path_map_name: "map",
        }),
      ],
      more: {
        url_path_map: {
          name: "map",
          default_backend_address_pool_name: "openai",
          default_backend_http_settings_name: "openai",
          path_rule: [
            { name: "refused", paths: ["/refused/*"], ...to("refused", "openai") },
            // Only these, so that a busy machine is not taken for a silent backend.
            { name: "silent", paths: ["/silent-*"], ...to("openai", "short") },
          ],
        },
      },
    }),
  );
  const log: AccessLogEntry[] = [];
  const refused = await startFailingBackend();
  const gateway = await SimulatedGateway.create({
    model,
    backends: { "a.test": backend, "refused.test": refused.url },
    ...{ timeScale, probeTimeScale: 1 },
    accessLog: (entry) => log.push(entry),
  });
  await refused.stop();
  return { gateway, log, stop: () => gateway.destroy() };
}

/** Sockets and timers, of this program's too, which has none left by then. */
async function untilNothingIsLeft(): Promise<void> {
  const left = () => process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout|Immediate/.test(kind));
  // The waiting itself is a timer.
  await until(() => left().length <= 1);
  if (left().length > 0) problems.push(`left over: ${left().join(", ")}`);
}

async function until(condition: () => boolean): Promise<void> {
  for (let wait = 0; !condition() && wait < 1_000; wait += 1) await sleep(20);
}

function complain({ protocol, request, response }: Setup, path: string | undefined, what: string): void {
  problems.push(`${protocol}, request buffering ${request}, response buffering ${response}, ${path}: ${what}`);
}

import { setTimeout as sleep } from "node:timers/promises";
import { Duration, FakeOpenAi, Latency } from "../../lib/simulator/index.js";
import { accountDeployment, DEPLOYMENT, gatewayCaller } from "../client/callers.js";
import { type Client, type Serve } from "./contender.js";
import { runOnce } from "./measure.js";
import { OURS, OURS_WAITING } from "./ours.js";
import { SDK_RETRIES } from "./peers.js";
import { createRandom } from "./random.js";
import { print } from "./report.js";
import { SOCKETS } from "./scenario.js";
import { Tally } from "./tally.js";
import { type Arrival, arrivals, type Span } from "./traffic.js";
import { VirtualTime } from "./virtual-time.js";
import { promptOf, type Surroundings } from "./world.js";

const SPAN: Span = { before: 0, measured: 20_000, after: 0 };
const CLIENTS: readonly Client[] = [OURS, OURS_WAITING, SDK_RETRIES];

/** One scenario in virtual time, and over sockets against the simulator's servers: both tell the same. */
export async function compareWithSockets(seed: number): Promise<void> {
  const virtual = await inVirtualTime(seed);
  const list = arrivals(SOCKETS, seed, SPAN);
  const real = await Promise.all(CLIENTS.map((client) => overSockets(client, list, seed)));
  const show = (tallies: readonly Tally[], index: number) => [
    tallies[index]?.callsPercent.toFixed(1) ?? "",
    tallies[index]?.attemptsPerSuccess.toFixed(2) ?? "",
  ];
  print(
    `${SOCKETS.name}, counted by the second: ${list.length} calls in virtual time and over sockets`,
    ["who", "virtual: calls %", "attempts per success", "sockets: calls %", "attempts per success"],
    CLIENTS.map(({ name }, index) => [name, ...show(virtual, index), ...show(real, index)]),
  );
}

async function inVirtualTime(seed: number): Promise<Tally[]> {
  const time = VirtualTime.install();
  try {
    const tallies: Tally[] = [];
    for (const client of CLIENTS) tallies.push(await runOnce(time, client, SOCKETS, seed, SPAN));
    return tallies;
  } finally {
    time.uninstall();
  }
}

/** Against servers of its own, at the same time as the others. */
async function overSockets(client: Client, list: readonly Arrival[], seed: number): Promise<Tally> {
  const servers = await Promise.all(SOCKETS.quotas.map(startServer));
  const closings = servers.map((server) => () => server.close());
  const urls = servers.map(({ url }) => url);
  const serve = await serveOver(client, {
    surroundings: {
      scenario: SOCKETS,
      urls,
      fetch: globalThis.fetch,
      random: (process) => createRandom(seed, 4, process),
    },
    atEnd: (close) => closings.unshift(close),
  });
  const tally = new Tally();
  await Promise.all(
    list.map(async (arrival) => {
      await sleep(arrival.at);
      await serve(arrival).then(
        () => tally.end(arrival, true),
        () => tally.end(arrival, false),
      );
    }),
  );
  tally.attempts = servers.reduce((sum, { requestCount }) => sum + requestCount, 0);
  for (const close of closings) await close();
  return tally;
}

interface Start {
  readonly surroundings: Surroundings;
  readonly atEnd: (close: () => Promise<void>) => void;
}

/** The gateway that turns in virtual time is the simulated Application Gateway over sockets. */
async function serveOver(client: Client, { surroundings, atEnd }: Start): Promise<Serve> {
  if (client !== SDK_RETRIES) return client.create(surroundings);
  const call = await gatewayCaller(surroundings.urls, atEnd);
  return (arrival) => call({ prompt: promptOf(arrival) });
}

function startServer({ requests }: (typeof SOCKETS.quotas)[number], index: number): Promise<FakeOpenAi> {
  return FakeOpenAi.create({
    deployments: [DEPLOYMENT, accountDeployment(index)].map((name) => ({ name, requestsPerMinute: requests })),
    requestWindow: Duration.seconds(1),
    latency: Latency.constant(Duration.milliseconds(SOCKETS.latency.answer)),
  });
}

import { FakeOpenAi } from "../../lib/simulator/index.js";
import { balanced, balancedCaller, type Caller, fallbacksCaller, plainCaller, sdkCaller } from "./callers.js";
import { quantile, type Summary, summary } from "./statistics.js";

const ROUNDS = 5;
const CALLS = 600;
const CONNECTIONS = 32;

export interface Throughput {
  readonly name: string;
  readonly perSecond: Summary;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** Loopback, four endpoints without limits; rounds of all callers take turns. */
export async function measureThroughput(): Promise<Throughput[]> {
  const servers = await Promise.all(Array.from({ length: 4 }, () => FakeOpenAi.create()));
  let turn = 0;
  const inTurn = () => servers[turn++ % servers.length]?.url ?? "";
  const callers: [string, Caller][] = [
    ["bare fetch, endpoints in turn", plainCaller(globalThis.fetch, inTurn)],
    ["balanced fetch", plainCaller(balanced(servers, { strategy: "round-robin" }), () => "")],
    ["openai SDK alone, one endpoint", sdkCaller(servers[0]?.url ?? "", globalThis.fetch, 0)],
    ["openai SDK with balanced fetch", balancedCaller(servers, { strategy: "round-robin" })],
    ["LangChain withFallbacks", fallbacksCaller(servers)],
  ];
  const rates = new Map(callers.map(([name]) => [name, [] as number[]]));
  const latencies = new Map(callers.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, call] of callers) {
      const taken: number[] = [];
      const started = performance.now();
      let left = CALLS;
      await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          while (left-- > 0) {
            const sent = performance.now();
            await call();
            taken.push(performance.now() - sent);
          }
        }),
      );
      if (round === 0) continue;
      rates.get(name)?.push((CALLS / (performance.now() - started)) * 1_000);
      latencies.get(name)?.push(...taken);
    }
  }
  await Promise.all(servers.map((server) => server.close()));
  return callers.map(([name]) => ({
    name,
    perSecond: summary(rates.get(name) ?? []),
    p50Milliseconds: quantile(latencies.get(name) ?? [], 0.5),
    p99Milliseconds: quantile(latencies.get(name) ?? [], 0.99),
  }));
}

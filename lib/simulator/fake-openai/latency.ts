import { type Duration } from "../../duration.js";

/** How long a server takes before it answers: one draw a request. */
export abstract class Latency {
  static none(): Latency {
    return Latency.of(() => 0);
  }

  static constant(duration: Duration): Latency {
    return Latency.of(() => duration.toMilliseconds());
  }

  /** Evenly between the two. */
  static uniform(from: Duration, to: Duration): Latency {
    const start = from.toMilliseconds();
    const width = to.toMilliseconds() - start;
    if (width < 0) throw new RangeError(`a latency from ${from} to ${to} is backwards: give the shorter one first`);
    return Latency.of((random) => start + width * random());
  }

  /** Log-normal, the usual shape of service times: half below the median, one in a hundred above p99. */
  static logNormal(median: Duration, p99: Duration): Latency {
    const middle = median.toMilliseconds();
    if (middle === 0 || p99.toMilliseconds() < middle) {
      throw new RangeError(`a log-normal latency needs 0 < median <= p99; got median ${median}, p99 ${p99}`);
    }
    const sigma = Math.log(p99.toMilliseconds() / middle) / Z_99;
    return Latency.of((random) => middle * Math.exp(sigma * standardNormal(random)));
  }

  private static of(draw: (random: () => number) => number): Latency {
    return new (class extends Latency {
      override milliseconds(random: () => number): number {
        return draw(random);
      }
    })();
  }

  /** @param random evenly in [0, 1), as `Math.random` */
  abstract milliseconds(random: () => number): number;
}

/** The 99th percentile of the standard normal distribution. */
const Z_99 = 2.3263478740408408;

/** Box-Muller. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

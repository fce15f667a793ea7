import { table } from "../client/statistics.js";
import { type Contender } from "./contender.js";
import { type Measurements } from "./measure.js";
import { ORACLE, QUEUEING_ORACLE, WAITING_ORACLE } from "./oracle.js";
import { BY_STRATEGY, BY_STRATEGY_WAITING, OURS, OURS_WAITING } from "./ours.js";
import { PEERS } from "./peers.js";
import { type Scenario } from "./scenario.js";
import { REACHED, strategyVerdict, verdict, type Verdict } from "./targets.js";
import { type Tally } from "./tally.js";

const EVERYBODY: readonly Contender[] = [ORACLE, OURS, WAITING_ORACLE, QUEUEING_ORACLE, OURS_WAITING, ...PEERS];

/** Prints the tables of measurements, and counts what was asked. */
export class Report {
  private readonly verdicts: Verdict[] = [];

  constructor(private readonly measurements: Measurements) {}

  /** Ours beside the oracle that answers at once. */
  async answering(scenarios: readonly Scenario[]): Promise<void> {
    const rows: string[][] = [];
    for (const scenario of scenarios) {
      const [oracle, ours] = await this.all([ORACLE, OURS], scenario);
      rows.push([
        ...head(scenario),
        show(oracle.callsPercent),
        show(ours.callsPercent),
        show(oracle.tokensPercent),
        show(ours.tokensPercent),
        show(ours.attemptsPerSuccess),
        this.judged(verdict(scenario, false, ours, oracle)),
      ]);
    }
    print(
      "Ours, answering at once, beside an oracle that sees every quota: calls and tokens served in %, attempts per success",
      [...HEAD, "calls: oracle", "ours", "tokens: oracle", "ours", "attempts", "target"],
      rows,
    );
  }

  /** Ours beside the oracles that wait. */
  async waiting(scenarios: readonly Scenario[]): Promise<void> {
    const rows: string[][] = [];
    for (const scenario of scenarios) {
      const [oracle, inTurn, ours] = await this.all([WAITING_ORACLE, QUEUEING_ORACLE, OURS_WAITING], scenario);
      rows.push([
        ...head(scenario),
        show(oracle.callsPercent),
        show(inTurn.callsPercent),
        show(ours.callsPercent),
        show(oracle.tokensPercent),
        show(inTurn.tokensPercent),
        show(ours.tokensPercent),
        show(ours.attemptsPerSuccess),
        waits(oracle),
        waits(inTurn),
        waits(ours),
        this.judged(verdict(scenario, true, ours, oracle)),
      ]);
    }
    print(
      "Ours, waiting up to 30 s, beside an oracle in which small requests overtake, and one that serves in turn; waits in s: median / 99 % / longest",
      [
        ...HEAD,
        ...["calls: oracle", "in turn", "ours", "tokens: oracle", "in turn", "ours", "attempts"],
        ...["waits: oracle", "in turn", "ours", "target"],
      ],
      rows,
    );
  }

  /** The default beside each named strategy. */
  async strategies(scenarios: readonly Scenario[]): Promise<void> {
    for (const [title, byDefault, named] of [
      ["answering at once", OURS, BY_STRATEGY],
      ["waiting up to 30 s", OURS_WAITING, BY_STRATEGY_WAITING],
    ] as const) {
      const rows: string[][] = [];
      for (const scenario of scenarios) {
        const [mine, ...others] = await this.all([byDefault, ...named], scenario);
        const cell = ({ callsPercent, attemptsPerSuccess }: Tally) =>
          `${show(callsPercent)} (${show(attemptsPerSuccess)})`;
        rows.push([...head(scenario), cell(mine), ...others.map(cell), this.judged(strategyVerdict(mine, others))]);
      }
      print(
        `Ours by strategy, ${title}: calls served in % (attempts per success); none should beat the default`,
        [...HEAD, "default", ...named.map(({ name }) => name), "target"],
        rows,
      );
    }
  }

  /** Everybody, in one table a scenario. */
  async contenders(scenarios: readonly Scenario[]): Promise<void> {
    for (const scenario of scenarios) {
      const rows: string[][] = [];
      for (const contender of EVERYBODY) {
        const tally = await this.measurements.of(contender, scenario);
        rows.push([
          contender.name,
          show(tally.callsPercent),
          show(tally.tokensPercent),
          show(tally.attemptsPerSuccess),
          waits(tally),
        ]);
      }
      print(
        `${scenario.name}, processes: ${scenario.processes}, demand: ${percent(scenario.demand)}`,
        ["who", "calls %", "tokens %", "attempts per success", "waits in s: median / 99 % / longest"],
        rows,
      );
    }
  }

  /** How many targets are reached. */
  summary(): void {
    if (this.verdicts.length === 0) return;
    const reached = this.verdicts.filter((each) => each === REACHED).length;
    console.log(`\n${reached} of ${this.verdicts.length} targets reached`);
  }

  private judged(result: Verdict | undefined): string {
    if (result !== undefined) this.verdicts.push(result);
    return result ?? "";
  }

  /** In their order. */
  private async all<const C extends readonly Contender[]>(
    contenders: C,
    scenario: Scenario,
  ): Promise<{ [I in keyof C]: Tally }> {
    const tallies: Tally[] = [];
    for (const contender of contenders) tallies.push(await this.measurements.of(contender, scenario));
    return tallies as { [I in keyof C]: Tally };
  }
}

const HEAD = ["scenario", "processes", "demand"];

function head({ name, processes, demand }: Scenario): string[] {
  return [name, String(processes), percent(demand)];
}

function show(value: number): string {
  return value.toFixed(2);
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function waits(tally: Tally): string {
  return [0.5, 0.99, 1].map((share) => (tally.wait(share) / 1_000).toFixed(1)).join(" / ");
}

/** A heading, then a table. */
export function print(heading: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length > 0) console.log(`\n${heading}\n\n${table(columns, rows)}`);
}

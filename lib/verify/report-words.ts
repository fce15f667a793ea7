import { counted, percent, pValue } from "./figures.js";
import { POWER } from "./power.js";
import { type Report, type RoundRobinReport } from "./report.js";

/** The sentences that a report consists of, whatever it is written on. */
export interface Finding {
  readonly label: "Round robin" | "By chance" | "Not seen";
  readonly text: string;
}

/** What was sent. */
export function headline(report: Report): string {
  const { requests, wanted, concurrency, connections, durationMilliseconds, api, deployment, stream } = report;
  const count = requests === wanted ? counted(requests, "request") : `${requests} of ${counted(wanted, "request")}`;
  const to = report.host === undefined ? report.url : `${report.url} (host ${report.host})`;
  const how = `${api} API, deployment ${deployment}, ${stream ? "streaming" : "not streaming"}`;
  const seconds = (durationMilliseconds / 1_000).toFixed(1);
  return `${count} to ${to} in ${seconds} s: ${how}, ${concurrency} at a time over ${counted(connections, "connection")}`;
}

export function outcomesLine({ outcomes, throttledShare, errorShare }: Report): string {
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} × ${outcome}`);
  const shares = `${percent(throttledShare)} throttled, ${percent(errorShare)} failed in all`;
  return counts.length === 0 ? "none" : `${counts.join(", ")} (${shares})`;
}

export function findings(report: Report): Finding[] {
  const { roundRobin, evenness } = report;
  if (roundRobin === undefined || evenness === undefined) {
    return [{ label: "Round robin", text: "nothing to compare with fewer than two backends" }];
  }
  const { statistic, degreesOfFreedom, pValue: p } = evenness;
  const figures = `chi-square ${statistic.toFixed(2)}, degrees of freedom ${degreesOfFreedom}, p ${pValue(p)}`;
  return [
    { label: "Round robin", text: roundRobinText(roundRobin) },
    { label: "By chance", text: `at least this uneven in ${percent(p)} of runs (${figures})` },
    { label: "Not seen", text: notSeen(report, roundRobin) },
  ];
}

function roundRobinText({ possible, difference, instances, instancesFrom, unplaced }: RoundRobinReport): string {
  const bound = `${instances} with ${counted(instances, "instance")}`;
  const source = instancesFrom === "connections" ? ", as many as connections were opened (--instances sets it)" : "";
  const unknown =
    unplaced === 0 ? "" : `; ${counted(unplaced, "request")} of unknown backend count where they fit best`;
  return `${possible ? "yes" : "NO"}: counts differ by ${difference}, at most ${bound}${source}${unknown}`;
}

/** What a run like this one would have let pass. */
function notSeen({ backends, expect }: Report, { noticeableShare }: RoundRobinReport): string {
  const dead =
    expect.backends === undefined ? "; and one that serves nothing, unless --expect says how many there are" : "";
  if (noticeableShare === undefined) return `any preference: too few requests for so many instances${dead}`;
  // Rounded up: less than what is said would be noticed less often.
  const least = `${(Math.ceil(noticeableShare * 1_000) / 10).toFixed(1)} %`;
  const missed = Math.round(1 / (1 - POWER));
  return `a backend preferred with less than ${least}, where ${percent(1 / backends.length)} is even, may pass in more than 1 of ${missed} runs${dead}`;
}

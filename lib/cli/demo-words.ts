import { type ConversationsReport } from "./conversations.js";
import { type Report } from "../verify/index.js";

/** Backends that are listed one by one. */
const LISTED = 8;

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

export function distribution({ backends }: Report): string {
  if (backends.length <= LISTED) return backends.map(({ name, requests }) => `${name} ${requests}`).join(", ");
  const counts = backends.map(({ requests }) => requests);
  return `${backends.length} backends, ${Math.min(...counts)} to ${Math.max(...counts)} requests each`;
}

export function outcomes(report: Report): string {
  return Object.entries(report.outcomes)
    .map(([outcome, count]) => `${count} × ${outcome}`)
    .join(", ");
}

export function conversations({ count, held, refusals }: ConversationsReport): string {
  const reasons = [...refusals].map(([refusal, times]) => `${times} × ${refusal}`);
  return `${held} of ${count} hold${reasons.length === 0 ? "" : `; ${reasons.join(", ")}`}`;
}

export function sawSome(report: Report, outcome: string): boolean {
  return (report.outcomes[outcome] ?? 0) > 0;
}

export function sawOnly(report: Report, allowed: readonly string[]): boolean {
  return Object.keys(report.outcomes).every((outcome) => allowed.includes(outcome));
}

export function firstToken(report: Report): string {
  const { firstToken: first, latency } = report;
  if (first === undefined || latency === undefined) return `no text came: ${outcomes(report)}`;
  return `${first.p50Milliseconds.toFixed(0)} ms, of an answer that takes ${latency.p50Milliseconds.toFixed(0)} ms`;
}

export function firstTokenShare({ firstToken: first, latency }: Report): number {
  return (first?.p50Milliseconds ?? Number.NaN) / (latency?.p50Milliseconds ?? Number.NaN);
}

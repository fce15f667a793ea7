import { type Run } from "../../lib/verify/report.js";
import { type Sample } from "../../lib/verify/sample.js";

/** What was asked of a run of `verify`. */
export const RUN: Run = {
  url: "https://gateway.example.com",
  host: undefined,
  api: "legacy",
  deployment: "chat",
  stream: false,
  backendHeader: "x-ms-region",
  concurrency: 4,
  connections: 4,
  wanted: 60,
  abandoned: 0,
  startedAt: "2026-12-01T10:00:00.000Z",
  durationMilliseconds: 1_000,
};

/** What became of one request: a 200 of this backend, unless the change says otherwise. */
export function sampleOf(backend: string | undefined, change: Partial<Sample> = {}): Sample {
  return {
    backend,
    outcome: 200,
    answered: true,
    startMilliseconds: 0,
    latencyMilliseconds: 10,
    firstTokenMilliseconds: undefined,
    refusal: undefined,
    ...change,
  };
}

/** `{ East: 20 }`: twenty good answers of East. */
export function samplesOf(counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).flatMap(([name, count]) => Array.from({ length: count }, () => sampleOf(name)));
}

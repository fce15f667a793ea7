import fc from "fast-check";
import { createReport } from "../../lib/verify/report.js";
import { coloursFor, formatReport, formatReportAsJson } from "../../lib/verify/index.js";
import { type Sample } from "../../lib/verify/sample.js";
import { RUN as ANY_RUN, sampleOf, samplesOf } from "../support/verify-run.js";

const RUN = { ...ANY_RUN, wanted: 24, durationMilliseconds: 1_234 };
const taken: Sample[] = Array.from({ length: 24 }, (_, i) =>
  sampleOf(["East US", "Sweden Central", undefined][i % 12 === 11 ? 2 : i % 2], {
    outcome: i % 12 === 11 ? "ECONNREFUSED" : i % 8 === 7 ? 429 : 200,
    latencyMilliseconds: i + 0.25,
    firstTokenMilliseconds: i / 2,
  }),
);

test("a report for people", () => {
  expect(formatReport(createReport(RUN, taken))).toBe(
    `24 requests to https://gateway.example.com in 1.2 s: legacy API, deployment
chat, not streaming, 4 at a time over 4 connections

x-ms-region     requests   share  2xx  429  other
East US               12  54.5 %   12    0      0  ████████████████████
Sweden Central        10  45.5 %    8    2      0  █████████████████
(unknown)              2
all                   24

time to the end     p50    p90    p99    max
East US           10 ms  20 ms  22 ms  22 ms
Sweden Central   9.3 ms  21 ms  21 ms  21 ms
all               10 ms  20 ms  22 ms  22 ms

Outcomes:    20 × 200, 2 × 429, 2 × ECONNREFUSED (8.3 % throttled, 16.7 % failed
             in all)
Round robin: yes: counts differ by 2, at most 4 with 4 instances, as many as
             connections were opened (--instances sets it); 2 requests of
             unknown backend count where they fit best
By chance:   at least this uneven in 67.0 % of runs (chi-square 0.18, degrees of
             freedom 1, p = 0.6698)
Not seen:    a backend preferred with less than 77.6 %, where 50.0 % is even,
             may pass in more than 1 of 10 runs; and one that serves nothing,
             unless --expect says how many there are
Warning:     too few requests to notice a 60/40 split of two among 4 instances:
             send 84 or more; --instances makes the test stricter if there are
             fewer
Result:      NOT as expected
  - 16.7 % of the requests failed, at most 0.0 % may
`,
  );
});

test("a report of streams has the time to the first token", () => {
  const text = formatReport(createReport({ ...RUN, stream: true }, taken, { maxErrorShare: 0.2 }));
  expect(text.split("\n").slice(9, 11)).toEqual([
    "time to the end     p50    p90    p99    max  first token p50    p99",
    "East US           10 ms  20 ms  22 ms  22 ms           5.0 ms  11 ms",
  ]);
  expect(text).toMatch(/\nResult: {6}as expected\n$/);
});

test.each<[Record<string, number>, string]>([
  [{ East: 30, West: 4 }, "Round robin: NO: counts differ by 26, at most 2 with 2 instances"],
  [{ East: 36, West: 36 }, "Round robin: yes: counts differ by 0, at most 2 with 2 instances"],
  [{ East: 2 }, "Round robin: nothing to compare with fewer than two backends"],
  [{ East: 36, West: 36 }, "Not seen: a backend preferred with less than 59.6 %, where 50.0 % is even, may pass"],
  [{ East: 1, West: 1 }, "Not seen: any preference: too few requests for so many instances"],
])("of %j: %s", (counts, words) => {
  const text = formatReport(createReport(RUN, samplesOf(counts), { instances: 2 }));
  expect(text.replaceAll(/\s+/g, " ")).toContain(words);
});

test("a report of nothing", () => {
  expect(formatReport(createReport(RUN, []))).toBe(
    `0 of 24 requests to https://gateway.example.com in 1.2 s: legacy API, deployment
chat, not streaming, 4 at a time over 4 connections

x-ms-region  requests  share  2xx  429  other
all                 0

time to the end  p50  p90  p99  max
all                -    -    -    -

Outcomes:    none
Round robin: nothing to compare with fewer than two backends
Result:      NOT as expected
  - interrupted after 0 of 24 requests
`,
  );
});

test("whatever is reported fits 80 columns", () => {
  const name = fc.string({ maxLength: 300 });
  const anySample = fc
    .record({ backend: fc.option(name, { nil: undefined }), outcome: fc.oneof(fc.constant(200), name) })
    .map(({ backend, outcome }) => sampleOf(backend, { outcome, latencyMilliseconds: 86_400_000 }));
  fc.assert(
    fc.property(fc.array(anySample), fc.webUrl(), name, fc.boolean(), (samples, url, deployment, stream) => {
      const text = formatReport(createReport({ ...RUN, url, deployment, stream }, samples));
      expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }),
  );
});

test("colours change nothing but the colour, and only where a terminal has them", () => {
  const report = createReport(RUN, taken);
  const plain = formatReport(report);
  const coloured = formatReport(report, coloursFor({ isTTY: true }, { TERM: "xterm" }));
  expect(coloured).toContain("\u001b[31mResult:      NOT as expected\u001b[0m");
  expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(plain);
  for (const [stream, env] of [
    [{}, {}],
    [{ isTTY: true }, { NO_COLOR: "1" }],
    [{ isTTY: true }, { TERM: "dumb" }],
  ] as const) {
    expect(formatReport(report, coloursFor(stream, env))).toBe(plain);
  }
  expect(formatReport(report, coloursFor({ isTTY: true }, { NO_COLOR: "" }))).toBe(coloured);
});

test("a report for programs has everything", () => {
  const report = createReport(RUN, taken);
  expect(JSON.parse(formatReportAsJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
  expect(JSON.parse(formatReportAsJson(report))).toMatchObject({
    roundRobin: { possible: true, instances: 4, instancesFrom: "connections", difference: 2, unplaced: 2 },
    evenness: { degreesOfFreedom: 1 },
    outcomes: { 200: 20, 429: 2, ECONNREFUSED: 2 },
    failures: ["16.7 % of the requests failed, at most 0.0 % may"],
  });
});

import { createReport } from "../../lib/verify/report.js";
import { formatReport, formatReportAsJson } from "../../lib/verify/index.js";
import { type Sample } from "../../lib/verify/sample.js";
import { RUN as ANY_RUN } from "../support/verify-run.js";

const RUN = { ...ANY_RUN, wanted: 24, durationMilliseconds: 1_234 };
const taken: Sample[] = Array.from({ length: 24 }, (_, i) => ({
  backend: ["East US", "Sweden Central", undefined][i % 12 === 11 ? 2 : i % 2],
  outcome: i % 12 === 11 ? "ECONNREFUSED" : i % 8 === 7 ? 429 : 200,
  latencyMilliseconds: i + 0.25,
  firstTokenMilliseconds: i / 2,
}));

test("a report for people", () => {
  expect(formatReport(createReport(RUN, taken))).toBe(
    `24 requests to https://gateway.example.com (legacy API, deployment chat, not streaming), 4 at a time, in 1.2 s

x-ms-region     requests   share  2xx  429  other     p50    p90    p99    max
East US               12  54.5 %   12    0      0   10 ms  20 ms  22 ms  22 ms
Sweden Central        10  45.5 %    8    2      0  9.3 ms  21 ms  21 ms  21 ms
(unknown)              2
all                   24                            10 ms  20 ms  22 ms  22 ms

Outcomes: 20 × 200, 2 × 429, 2 × ECONNREFUSED (8.3 % throttled, 16.7 % failed in all)
Evenness: even: chance alone is at least this uneven in 67.0 % of runs (chi-square 0.18, degrees of freedom 1, p = 0.6698)
Result:   NOT as expected
  - 16.7 % of the requests failed, more than the allowed 0.0 %
`,
  );
});

test("a report of streams has the time to the first token", () => {
  const text = formatReport(createReport({ ...RUN, stream: true }, taken, { maxErrorShare: 0.2 }));
  expect(text.split("\n").slice(2, 4)).toEqual([
    "x-ms-region     requests   share  2xx  429  other     p50    p90    p99    max  first token p50    p99",
    "East US               12  54.5 %   12    0      0   10 ms  20 ms  22 ms  22 ms           5.0 ms  11 ms",
  ]);
  expect(text).toMatch(/\nResult: {3}as expected\n$/);
});

test.each([
  [
    { East: 30, West: 4 },
    "uneven: chance alone is this uneven in < 0.1 % of runs (chi-square 19.88, degrees of freedom 1, p < 0.0001)",
  ],
  [
    { East: 3, West: 2 },
    "too few requests to tell, 5 a backend are needed (chi-square 0.20, degrees of freedom 1, p = 0.6547)",
  ],
  [{ East: 3 }, "nothing to compare with fewer than two backends"],
])("evenness of %j in plain words", (counts, words) => {
  const samples = Object.entries(counts).flatMap(([backend, count]) =>
    Array.from({ length: count }, () => ({
      ...taken[0],
      backend,
      outcome: 200,
      latencyMilliseconds: 1,
      firstTokenMilliseconds: undefined,
    })),
  );
  expect(formatReport(createReport(RUN, samples))).toContain(`\nEvenness: ${words}\n`);
});

test("a report of nothing", () => {
  expect(formatReport(createReport(RUN, []))).toBe(
    `0 of 24 requests to https://gateway.example.com (legacy API, deployment chat, not streaming), 4 at a time, in 1.2 s

x-ms-region  requests  share  2xx  429  other  p50  p90  p99  max
all                 0                            -    -    -    -

Outcomes: none
Evenness: nothing to compare with fewer than two backends
Result:   NOT as expected
  - interrupted after 0 of 24 requests
`,
  );
});

test("a report for programs has everything", () => {
  const report = createReport(RUN, taken);
  expect(JSON.parse(formatReportAsJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
  expect(JSON.parse(formatReportAsJson(report))).toMatchObject({
    evenness: { verdict: "even", degreesOfFreedom: 1 },
    outcomes: { 200: 20, 429: 2, ECONNREFUSED: 2 },
    failures: ["16.7 % of the requests failed, more than the allowed 0.0 %"],
  });
});

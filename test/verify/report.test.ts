import fc from "fast-check";
import { createReport, type Expectations, exitCodeOf } from "../../lib/verify/report.js";
import { type Sample } from "../../lib/verify/sample.js";
import { RUN } from "../support/verify-run.js";

function sample(backend: string | undefined, outcome: number | string = 200, latencyMilliseconds = 10): Sample {
  return { backend, outcome, latencyMilliseconds, firstTokenMilliseconds: undefined };
}
/** `{ East: 20 }`: twenty good answers of East. */
function samples(counts: Record<string, number>): Sample[] {
  return Object.entries(counts).flatMap(([name, count]) => Array.from({ length: count }, () => sample(name)));
}
function failures(taken: readonly Sample[], expectations?: Expectations): readonly string[] {
  return createReport({ ...RUN, wanted: taken.length }, taken, expectations).failures;
}

test("counts by backend, with times of good answers only", () => {
  const taken = [
    sample("East"),
    sample("East", 200, 30),
    sample("West", 429, 1),
    sample("West", 500, 2),
    sample(undefined, 502),
  ];
  const report = createReport({ ...RUN, wanted: 5 }, taken);
  expect(report.backends).toEqual([
    {
      name: "East",
      requests: 2,
      share: 0.5,
      ok: 2,
      throttled: 0,
      otherErrors: 0,
      latency: { p50Milliseconds: 10, p90Milliseconds: 30, p99Milliseconds: 30, maxMilliseconds: 30 },
      firstToken: undefined,
    },
    {
      name: "West",
      requests: 2,
      share: 0.5,
      ok: 0,
      throttled: 1,
      otherErrors: 1,
      latency: undefined,
      firstToken: undefined,
    },
  ]);
  expect(report.outcomes).toEqual({ 200: 2, 429: 1, 500: 1, 502: 1 });
  expect(report).toMatchObject({ requests: 5, unidentified: 1, throttledShare: 0.2, errorShare: 0.6 });
});

describe("is as expected", () => {
  test.each<[string, Sample[], Expectations | undefined]>([
    ["round robin", samples({ East: 20, North: 20, West: 20 }), undefined],
    ["several instances, each with its own turn", samples({ East: 22, North: 18, West: 20 }), undefined],
    ["the backends that were named", samples({ East: 20, West: 20 }), { backends: ["West", "East"] }],
    ["as many backends as were said", samples({ East: 20, West: 20 }), { backends: 2 }],
    ["one backend, if that was said", samples({ East: 20 }), { backends: 1 }],
    ["too few requests to call it uneven", samples({ East: 4, West: 1 }), undefined],
    [
      "errors within what is allowed",
      [...samples({ East: 10, West: 9 }), sample("West", 429)],
      { maxErrorShare: 0.05 },
    ],
  ])("%s", (_, taken, expectations) => {
    expect(failures(taken, expectations)).toEqual([]);
  });
});

describe("is not as expected", () => {
  test.each<[string, Sample[], Expectations | undefined, string[]]>([
    ["uneven", samples({ East: 40, West: 15 }), undefined, ["the requests are spread unevenly"]],
    [
      "a named backend is missing",
      samples({ East: 30 }),
      { backends: ["East", "West"] },
      ['backend "West" served nothing', "the requests are spread unevenly"],
    ],
    [
      "a backend too few",
      samples({ East: 30, West: 30 }),
      { backends: 3 },
      ["2 backend(s) served requests, 3 expected"],
    ],
    [
      "a backend too many",
      samples({ East: 30, West: 30 }),
      { backends: 1 },
      ["2 backend(s) served requests, 1 expected"],
    ],
    [
      "a stranger",
      samples({ East: 30, West: 30 }),
      { backends: ["East"] },
      ['backend "West" served requests but is not among the expected ones'],
    ],
    [
      "one backend alone",
      samples({ East: 30 }),
      undefined,
      ['only "East" served requests; if that is right, expect 1 backend'],
    ],
    [
      "no header",
      [sample(undefined), sample(undefined)],
      undefined,
      ["no response has the header x-ms-region, which identifies the backend; name another header"],
    ],
    [
      "no answer at all",
      [sample(undefined, "ECONNREFUSED"), sample(undefined, "TIMEOUT")],
      undefined,
      [
        "no request was answered; check the address, and that a server runs there",
        "100.0 % of the requests failed, more than the allowed 0.0 %",
      ],
    ],
    [
      "a certificate that nobody signed",
      [sample(undefined, "DEPTH_ZERO_SELF_SIGNED_CERT")],
      { maxErrorShare: 1 },
      [
        "no request was answered, because the certificate is not trusted; accept any (--insecure) for a trial with a self-signed one",
      ],
    ],
    [
      "no header on the one answer",
      [sample(undefined, 404), sample(undefined, "TIMEOUT")],
      { maxErrorShare: 1 },
      ["no response has the header x-ms-region, which identifies the backend; name another header"],
    ],
    [
      "errors",
      [...samples({ East: 10, West: 9 }), sample("West", "ECONNRESET")],
      undefined,
      ["5.0 % of the requests failed, more than the allowed 0.0 %"],
    ],
  ])("%s", (_, taken, expectations, expected) => {
    expect(failures(taken, expectations)).toEqual(expected);
  });

  test("interrupted", () => {
    expect(createReport(RUN, samples({ East: 10, West: 10 })).failures).toEqual([
      "interrupted after 20 of 60 requests",
    ]);
    expect(createReport(RUN, []).failures).toEqual(["interrupted after 0 of 60 requests"]);
  });
});

test("the significance decides what is uneven", () => {
  const taken = samples({ East: 40, West: 24 }); // p = 0.0455
  expect(failures(taken, { significance: 0.05 })).toEqual(["the requests are spread unevenly"]);
  expect(failures(taken, { significance: 0.01 })).toEqual([]);
});

test("the exit code follows the failures", () => {
  const good = createReport({ ...RUN, wanted: 20 }, samples({ East: 10, West: 10 }));
  expect(exitCodeOf(good)).toBe(0);
  expect(exitCodeOf({ ...good, failures: ["any"] })).toBe(1);
});

test("over any samples the counts add up", () => {
  const anySample = fc.record({
    backend: fc.option(fc.constantFrom("East", "West", "__proto__", "constructor"), { nil: undefined }),
    outcome: fc.constantFrom<number | string>(200, 201, 404, 429, 500, "ECONNRESET"),
    latencyMilliseconds: fc.nat(),
    firstTokenMilliseconds: fc.option(fc.nat(), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(anySample), (taken) => {
      const report = createReport(RUN, taken);
      const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
      expect(sum(report.backends.map(({ requests }) => requests)) + report.unidentified).toBe(taken.length);
      expect(sum(Object.values(report.outcomes))).toBe(taken.length);
      for (const backend of report.backends) {
        expect(backend.ok + backend.throttled + backend.otherErrors).toBe(backend.requests);
      }
      if (report.backends.length > 0) expect(sum(report.backends.map(({ share }) => share))).toBeCloseTo(1, 10);
    }),
  );
});

import fc from "fast-check";
import { type Expectations } from "../../lib/verify/index.js";
import { createReport, exitCodeOf } from "../../lib/verify/report.js";
import { type Sample } from "../../lib/verify/sample.js";
import { RUN, sampleOf, samplesOf as samples } from "../support/verify-run.js";

function sample(backend: string | undefined, outcome: number | string = 200, latencyMilliseconds = 10): Sample {
  const answered = typeof outcome === "number";
  return sampleOf(backend, { outcome, answered, latencyMilliseconds });
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
    ["as many apart as there are instances", samples({ East: 30, West: 28 }), { instances: 2 }],
    [
      "even by what the requests of unknown backend may be",
      [...samples({ East: 30, West: 28 }), sample(undefined, 502)],
      { instances: 1, maxErrorShare: 1 },
    ],
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
    [
      "uneven",
      samples({ East: 40, West: 15 }),
      undefined,
      [
        'no round robin of 4 instances spreads so: "East" served 40 and "West" served 15, 25 apart, where at most 4 is possible; nor is it chance',
      ],
    ],
    [
      "as uneven as chance",
      samples({ East: 33, West: 27 }),
      { instances: 2 },
      [
        'no round robin of 2 instances spreads so: "East" served 33 and "West" served 27, 6 apart, where at most 2 is possible; a choice by chance does produce it; are there more instances than --instances says?',
      ],
    ],
    [
      "uneven, wherever the requests of unknown backend went",
      [...samples({ East: 30, West: 27 }), sample(undefined, 502)],
      { instances: 1, maxErrorShare: 1 },
      [
        'no round robin of 1 instance spreads so: "East" served 30 and "West" served 27, 3 apart, where at most 1 is possible, even with the 1 of unknown backend put where they fit best; a choice by chance does produce it; are there more instances than --instances says?',
      ],
    ],
    [
      "answers that do not say who served them",
      [...samples({ East: 15, West: 15 }), ...Array.from({ length: 30 }, () => sample(undefined))],
      undefined,
      ["30 of 60 answers lack the header x-ms-region, so nobody knows who served them: name another header"],
    ],
    [
      "a backend missing of a run that can miss one that is well",
      samples({ East: 3, West: 3 }),
      { backends: 3, instances: 5 },
      [
        "2 backend(s) served requests, 3 expected; 5 instances are sure to reach 3 backends only with 11 requests, so send more",
      ],
    ],
    [
      "a named backend is missing",
      samples({ East: 30 }),
      { backends: ["East", "West"] },
      [
        'backend "West" served nothing',
        'no round robin of 4 instances spreads so: "East" served 30 and "West" served 0, 30 apart, where at most 4 is possible; nor is it chance',
      ],
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
      ['only "East" served requests: say so if that is right by expecting 1 backend'],
    ],
    [
      "no header",
      [sample(undefined), sample(undefined)],
      undefined,
      ["no answer has the header x-ms-region, so nobody knows who served it: name another header"],
    ],
    [
      "no answer at all",
      [sample(undefined, "ECONNREFUSED"), sample(undefined, "TIMEOUT")],
      undefined,
      [
        "no request was answered: check the address, and that something serves there",
        "100.0 % of the requests failed, at most 0.0 % may",
      ],
    ],
    [
      "a certificate that nobody signed",
      [sample(undefined, "DEPTH_ZERO_SELF_SIGNED_CERT")],
      { maxErrorShare: 1 },
      [
        "no request was answered, since the certificate is not trusted: accept any (--insecure) for a trial with a self-signed one",
      ],
    ],
    [
      "no header on the one answer",
      [sample(undefined, 404), sample(undefined, "TIMEOUT")],
      { maxErrorShare: 1 },
      ["no answer has the header x-ms-region, so nobody knows who served it: name another header"],
    ],
    [
      "errors",
      [...samples({ East: 10, West: 9 }), sample("West", "ECONNRESET")],
      undefined,
      ["5.0 % of the requests failed, at most 0.0 % may"],
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

describe("warnings", () => {
  const warnings = (taken: readonly Sample[], expectations?: Expectations, connections = 125): readonly string[] =>
    createReport({ ...RUN, wanted: taken.length, connections }, taken, expectations).warnings;

  test("a spread that round robin can produce, and hardly will", () => {
    const taken = samples({ East: 462, West: 342 });
    expect(warnings(taken)).toEqual([
      "round robin of 125 instances can produce this spread, but hardly will: even a choice by chance seldom does; --instances makes the test stricter if there are fewer",
    ]);
    expect(failures(taken, { instances: 125 })).toEqual([]);
    expect(warnings(taken, { significance: 1e-6 })).toEqual([]);
  });

  test("a header that names requests rather than backends", () => {
    const taken = Array.from({ length: 84 }, (_, at) => sample(`request ${at}`));
    expect(warnings(taken, { instances: 1 })).toEqual([
      "each answer names another backend: does x-ms-region really say who answered, not which request?",
    ]);
  });

  test("too few requests to notice a 60/40 split", () => {
    expect(warnings(samples({ East: 30, West: 30 }), { instances: 2 })).toEqual([
      "too few requests to notice a 60/40 split of two among 2 instances: send 72 or more",
    ]);
    expect(warnings(samples({ East: 36, West: 36 }), { instances: 2 })).toEqual([]);
  });
});

test("the exit code follows the failures", () => {
  const good = createReport({ ...RUN, wanted: 20 }, samples({ East: 10, West: 10 }));
  expect(exitCodeOf(good)).toBe(0);
  expect(exitCodeOf({ ...good, failures: ["any"] })).toBe(1);
});

test("over any samples the counts add up", () => {
  const anySample = fc.record<Sample>({
    answered: fc.boolean(),
    startMilliseconds: fc.nat(),
    refusal: fc.constant(undefined),
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

import fc from "fast-check";
import { formatReport, formatReportAsPage } from "../../lib/verify/index.js";
import { createReport } from "../../lib/verify/report.js";
import { type Sample } from "../../lib/verify/sample.js";
import { RUN, sampleOf, samplesOf } from "../support/verify-run.js";

function pageOf(samples: readonly Sample[], change: Partial<typeof RUN> = {}): string {
  const page = formatReportAsPage(createReport({ ...RUN, wanted: samples.length, ...change }, samples), samples);
  return page.replaceAll(/\s+/g, " ");
}

/** What a reader sees: the text, without markup. */
function textOf(page: string): string {
  const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return page
    .replace(/<style>.*<\/style>/s, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "")
    .replaceAll(/\s+/g, " ");
}

/** Names of elements that are left open, or closed without having been opened. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = "", empty] of page
    .replace(/<style>.*<\/style>/s, "")
    .matchAll(/<(\/?)([a-z][\w]*)[^>]*?(\/?)>/g)) {
    if (empty === "/" || name === "meta") continue;
    if (closing === "") open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name}`];
  }
  return open;
}

const taken = [
  ...samplesOf({ East: 20, West: 20 }),
  sampleOf("East", { outcome: 429 }),
  sampleOf(undefined, { outcome: "ECONNRESET", startMilliseconds: 900 }),
];

test("says what the report in the terminal says", () => {
  const report = createReport({ ...RUN, wanted: taken.length }, taken);
  const text = textOf(formatReportAsPage(report, taken));
  const sentences = formatReport(report)
    .split(/\n(?! {10})/)
    .map((line) =>
      line
        .replace(/^([A-Z]\w+( \w+)?): +/, "")
        .replace(/^ {2}- /, "")
        .replaceAll(/\s+/g, " "),
    )
    .slice(-8)
    .filter((line) => line !== "");
  expect(sentences.length).toBeGreaterThanOrEqual(6);
  for (const sentence of sentences) expect(text).toContain(sentence);
});

test("draws each request, where and how it ended", () => {
  const page = pageOf(taken);
  const timeline = page.slice(
    page.indexOf('id="timeline-title"'),
    page.indexOf("</svg>", page.indexOf('id="timeline-title"')),
  );
  expect(timeline.match(/class="ok"/g)).toHaveLength(40);
  expect(timeline.match(/class="throttled"/g)).toHaveLength(1);
  expect(timeline.match(/class="failed"/g)).toHaveLength(1);
  expect(timeline).toContain("(unknown): ECONNRESET");
});

test("draws bars as long as the counts", () => {
  const page = pageOf(samplesOf({ East: 40, West: 10 }));
  const widths = [...page.matchAll(/<rect class="bar"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(2);
  expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(4, 1);
});

test("of many requests draws some of each backend, and says so", () => {
  const samples = Array.from({ length: 9_000 }, (_, at) =>
    sampleOf(["East", "North", "West"][at % 3], { startMilliseconds: at }),
  );
  const page = pageOf([...samples, sampleOf("East", { outcome: 500 })]);
  const rows = new Set([...page.matchAll(/<circle class="ok" cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => y));
  expect(rows.size).toBe(3 + 1); // and the legend's
  expect(page).toContain('class="failed"');
  expect(textOf(page)).toMatch(/1\d{3} of 9001 requests are drawn, the failed ones first/);
});

test("runs nothing and fetches nothing", () => {
  const page = pageOf(taken);
  expect(page).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />`,
  );
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\ssrc=|\shref=|\son\w+=/i);
});

test("is for readers with and without sight, by day and by night", () => {
  const page = pageOf(taken);
  expect(page).toContain('<html lang="en">');
  expect(page).toMatch(/color-scheme: light dark/);
  expect(page).toMatch(/prefers-color-scheme: dark/);
  const charts = [...page.matchAll(/<svg [^>]*role="img" aria-labelledby="(\S+) (\S+)"/g)];
  expect(charts).toHaveLength(3);
  for (const [, title = "", description = ""] of charts) {
    expect(page).toMatch(new RegExp(`<title id="${title}">[^<]+</title> <desc id="${description}">[^<]+</desc>`));
  }
  expect(page).toMatch(/<th scope="row">East<\/th>/);
});

test.each<[string, Sample[]]>([
  ["nothing", []],
  ["no backend", [sampleOf(undefined, { outcome: "ECONNREFUSED", answered: false })]],
  ["one backend", samplesOf({ East: 1 })],
  [
    "answers that took no time",
    [sampleOf("East", { latencyMilliseconds: 0 }), sampleOf("West", { latencyMilliseconds: 0 })],
  ],
])("of %s is a whole page", (_, samples) => {
  const page = pageOf(samples);
  expect(unbalanced(page)).toEqual([]);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

test("whatever names and errors hold, they are text", () => {
  const text = fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "/", "a", "script", "é") });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), text, (named, deployment) => {
      const page = pageOf(
        named.map(([backend, outcome]) => sampleOf(backend, { outcome })),
        { deployment },
      );
      expect(unbalanced(page)).toEqual([]);
      expect(textOf(page)).toContain(`deployment ${deployment},`.replaceAll(/\s+/g, " "));
    }),
  );
});

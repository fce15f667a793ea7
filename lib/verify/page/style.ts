/** The page's only style: light or dark as the reader's system is. */
export const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --ink: #1c2128; --faint: #57606a; --line: #d0d7de; --card: #f6f8fa;
  --good: #1a7f37; --bad: #c0243c; --warning: #9a5b00; --bar: #1f6feb; --spread: #1f6feb55; --band: #1a7f3733; --bandline: #1a7f37;
  --first: #8250df; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --ink: #e6edf3; --faint: #9da7b3; --line: #30363d;
  --card: #161b22; --good: #56d364; --bad: #ff7b86; --warning: #e3a13a; --bar: #58a6ff; --spread: #58a6ff55; --band: #56d36433;
  --bandline: #56d364; --first: #bc8cff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 824px; margin: 0 auto; padding: 24px 16px 64px; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; margin: 0 0 4px; } h2 { font-size: 1.1rem; margin: 36px 0 8px; }
p { margin: 4px 0; } .note, .legend { color: var(--faint); font-size: 0.875rem; }
.result { border-left: 6px solid var(--good); background: var(--card); padding: 12px 16px; margin: 20px 0; }
.result.bad { border-color: var(--bad); } .result strong { color: var(--good); } .result.bad strong { color: var(--bad); }
.result ul { margin: 8px 0 0; padding-left: 20px; } .warning { color: var(--warning); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; } dt { color: var(--faint); } dd { margin: 0; min-width: 0; }
.chart, .table { overflow-x: auto; } svg { display: block; font: 13px system-ui, sans-serif; }
.chart:focus-visible, .table:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 4px 0; padding: 0; }
.legend li { display: flex; align-items: center; gap: 6px; }
text { fill: var(--ink); } .tick { fill: var(--faint); font-size: 12px; } .grid { stroke: var(--line); }
.bar, .ok { fill: var(--bar); } .unknown { fill: var(--faint); } .spread { fill: var(--spread); }
.whisker { stroke: var(--bar); stroke-width: 2; } .first { fill: var(--page); stroke: var(--first); stroke-width: 2; }
.band { fill: var(--band); stroke: var(--bandline); stroke-dasharray: 3 3; } .ok { fill-opacity: 0.75; }
.throttled { fill: var(--warning); } .failed { stroke: var(--bad); stroke-width: 2.5; fill: none; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.875rem; }
th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; } thead th { color: var(--faint); font-weight: 600; } tbody th { font-weight: 400; white-space: normal;
  overflow-wrap: anywhere; min-width: 120px; }
`;

/**
 * `npm run test:kql`: Microsoft's own parser resolves every name and type of the queries against the tables' columns, and says
 * what columns come out, which the alerts refer to.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { MONITORING_QUERIES } from "../../lib/constructs/monitoring-queries.js";
import { TABLES } from "./tables.js";

interface List<T> {
  readonly Count: number;
  getItem(at: number): T;
}
interface Symbols {
  TableSymbol: { From(schema: string): { WithName(name: string): object } };
  DatabaseSymbol: { $ctor2: new (name: string, alternateName: null, members: object[], isOpen: boolean) => object };
}
interface Analysis {
  GetDiagnostics(): List<{ readonly Message: string; readonly Start: number }>;
  readonly ResultType: { readonly Columns?: List<{ readonly Name: string }> } | null;
}
interface Language {
  readonly Symbols: Symbols;
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: object): Analysis };
}

/** The package is for browsers: scripts that leave their names behind. */
function loadLanguage(): Language {
  const folder = dirname(require.resolve("@kusto/language-service-next/package.json", { paths: [__dirname] }));
  const context = createContext({ console });
  for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"])
    runInContext(readFileSync(join(folder, file), "utf8"), context, { filename: file });
  return (context as { Kusto: { Language: Language } }).Kusto.Language;
}

const language = loadLanguage();
const { TableSymbol, DatabaseSymbol } = language.Symbols;
const tables = Object.entries(TABLES).map(([name, schema]) => TableSymbol.From(schema).WithName(name));
const globals = language.GlobalState.Default.WithDatabase(new DatabaseSymbol.$ctor2("logs", null, tables, false));

function items<T>(list: List<T> | undefined): T[] {
  return Array.from({ length: list?.Count ?? 0 }, (_, at) => (list as List<T>).getItem(at));
}

function analyse(text: string): { problems: string[]; columns: string[] } {
  const code = language.KustoCode.ParseAndAnalyze(text, globals);
  return {
    problems: items(code.GetDiagnostics()).map(({ Message, Start }) => `${Message} (${text.slice(Start, Start + 40)})`),
    columns: items(code.ResultType?.Columns).map(({ Name }) => Name),
  };
}

// The check sees a name that is none, and a type that does not fit.
assert.equal(analyse("AGWAccessLogs | where HttpStatu >= 500").problems.length, 1);
assert.equal(analyse("AGWAccessLogs | extend x = Host / 2").problems.length, 1);
assert.equal(analyse("AGWPerformanceLogs | count").problems.length, 1);

for (const [name, text] of MONITORING_QUERIES) {
  const { problems, columns } = analyse(text);
  assert.deepEqual(problems, [], name);
  assert.ok(columns.length > 0, name);
  console.log(`${name}: ${columns.join(", ")}`);
}
assert.deepEqual(analyse(MONITORING_QUERIES.get("alert-server-errors") ?? "").columns, ["Percent"]);
assert.deepEqual(analyse(MONITORING_QUERIES.get("alert-throttled") ?? "").columns, ["Backend", "Percent"]);

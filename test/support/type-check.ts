import { join } from "node:path";
import * as ts from "typescript";
import { ROOT } from "./config.js";

/** What the compiler says to TypeScript that imports this package by its name, as a user's would. */
export function typeErrors(sources: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const files = new Map(sources.map((text, n) => [join(ROOT, `block-${n}.mts`), text]));
  const host = ts.createCompilerHost(options);
  const [readFile, fileExists] = [host.readFile.bind(host), host.fileExists.bind(host)];
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const text = files.get(file);
    return text === undefined
      ? getSourceFile(file, languageVersion, ...rest)
      : ts.createSourceFile(file, text, languageVersion);
  };
  const paths = {
    "aoai-kiss-lb": ["./lib/index.ts"],
    "aoai-kiss-lb/*": ["./lib/*/index.ts"],
  };
  const program = ts.createProgram([...files.keys()], { ...options, paths, noUnusedLocals: false }, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

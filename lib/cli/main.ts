#!/usr/bin/env node
import { runCli } from "./run-cli.js";

const { stdout, stderr, stdin, env } = process;
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
process.once("SIGTERM", () => interrupt.abort());
// The reader of the output may close it early: `aoai-lb simulate | head -1`.
stdout.on("error", () => interrupt.abort());

void runCli(process.argv.slice(2), { stdout, stderr, stdin, env, signal: interrupt.signal }).then((code) => {
  process.exitCode = code;
});

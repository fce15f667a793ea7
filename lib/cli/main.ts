#!/usr/bin/env node
import { runCli } from "./run-cli.js";

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
process.once("SIGTERM", () => interrupt.abort());

const { stdout, stderr, stdin, env } = process;
void runCli(process.argv.slice(2), { stdout, stderr, stdin, env, signal: interrupt.signal }).then((code) => {
  process.exitCode = code;
});

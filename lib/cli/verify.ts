import { open, writeFile } from "node:fs/promises";
import {
  coloursFor,
  exitCodeOf,
  formatReport,
  formatReportAsJson,
  formatReportAsPage,
  ProgressBar,
  type Sample,
  UsageError,
  verify,
} from "../verify/index.js";
import { type Command, OK } from "./io.js";
import { parseVerifyArguments, resolveVerifyArguments, VERIFY_HELP } from "./verify-arguments.js";

/** `aoai-lb verify`: Ctrl-C ends the run, and the report is of what was answered. */
export const verifyCommand: Command = async (args, { stdout, stderr, env, signal }) => {
  const parsed = parseVerifyArguments(args, env);
  if (parsed.kind === "help") {
    stdout.write(VERIFY_HELP);
    return OK;
  }
  const { page, json } = parsed;
  const options = await resolveVerifyArguments(parsed);
  if (page !== undefined) await toPage(async () => (await open(page, "a")).close());
  const bar = new ProgressBar(stderr, env);
  const samples: Sample[] = [];
  const report = await verify({
    ...options,
    signal,
    onSample: (sample, done, wanted) => {
      if (page !== undefined) samples.push(sample);
      bar.update(done, wanted);
    },
  });
  bar.clear();
  stdout.write(json ? formatReportAsJson(report) : formatReport(report, coloursFor(stdout, env)));
  if (page !== undefined) await toPage(() => writeFile(page, formatReportAsPage(report, samples)));
  return exitCodeOf(report);
};

/** Tried before the first request too: a run costs what its requests cost. @throws UsageError */
async function toPage(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new UsageError(`--report: ${(error as Error).message}; give a file that can be written to`);
  }
}

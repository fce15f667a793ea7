import {
  DEFAULT_REQUESTS,
  exitCodeOf,
  formatReport,
  formatReportAsJson,
  ProgressBar,
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
  const options = await resolveVerifyArguments(parsed);
  const bar = new ProgressBar(stderr, options.requests ?? DEFAULT_REQUESTS, env);
  const report = await verify({ ...options, signal, onProgress: (done) => bar.update(done) });
  bar.clear();
  stdout.write(parsed.json ? formatReportAsJson(report) : formatReport(report));
  return exitCodeOf(report);
};

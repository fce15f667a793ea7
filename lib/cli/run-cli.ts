import { ConfigError } from "../config/config-error.js";
import { packageVersion } from "../own-package.js";
import { SimulatorOptionError } from "../simulator/index.js";
import { SynthesizedError } from "../synthesized/index.js";
import { CredentialError, UsageError } from "../verify/index.js";
import { arm } from "./arm.js";
import { demo } from "./demo.js";
import { endpoints } from "./endpoints.js";
import { fake } from "./fake.js";
import { type Command, type Io, OK, WRONG_USAGE } from "./io.js";
import { simulate } from "./simulate.js";
import { verifyCommand } from "./verify.js";

export const HELP = `aoai-lb <command>

  demo       synthesize the configuration, run it as a local gateway, and show what it will do
  simulate   run a synthesized gateway on this machine until Ctrl-C
  fake       run fake Azure OpenAI accounts on this machine until Ctrl-C, for tests in any language
  verify     send requests to a gateway, simulated or deployed, and report who served them
  endpoints  print the endpoints of a gateway with addressed backends, for the client in your application
  arm        render a synthesized stack as an ARM template, for a deployment without Terraform

aoai-lb <command> --help lists the options of a command; aoai-lb --version prints the version.
`;

const COMMANDS = new Map<string, Command>([
  ["demo", demo],
  ["simulate", simulate],
  ["fake", fake],
  ["verify", verifyCommand],
  ["endpoints", endpoints],
  ["arm", arm],
]);

/** Runs one command line. Input that cannot be used is reported without a stack trace. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    io.stdout.write(HELP);
    return name === undefined ? WRONG_USAGE : OK;
  }
  if (name === "--version" || name === "-v") {
    io.stdout.write(`${packageVersion()}\n`);
    return OK;
  }
  const command = COMMANDS.get(name);
  if (!command) {
    io.stderr.write(`"${name}" is not a command; use one of ${[...COMMANDS.keys()].join(", ")} (see aoai-lb --help)\n`);
    return WRONG_USAGE;
  }
  try {
    return await command(rest, io);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    io.stderr.write(`${error.message}\n`);
    return WRONG_USAGE;
  }
}

function isRefusal(error: unknown): error is Error {
  const kinds = [UsageError, CredentialError, SynthesizedError, SimulatorOptionError, ConfigError];
  // Not by its class, which would load CDKTF.
  return kinds.some((kind) => error instanceof kind) || (error instanceof Error && error.name === "ValidationError");
}

import { Duration } from "../duration.js";
import { type FakeDeployment, type FakeOpenAiOptions, Latency } from "../simulator/index.js";
import { UsageError } from "../verify/index.js";
import { parseArguments, wholeNumberOption } from "./arguments.js";

/** The arguments of `aoai-lb fake`, understood. */
export type FakeArguments =
  | { readonly kind: "help" }
  | {
      readonly kind: "run";
      readonly json: boolean;
      readonly adminPort: number;
      /** In the order of the names, each with its own port. */
      readonly accounts: readonly (FakeOpenAiOptions & { readonly name: string })[];
    };

export const FAKE_HELP = `Usage: aoai-lb fake [options]

Runs fake Azure OpenAI accounts on this machine until Ctrl-C, for tests in any language, and an admin endpoint that breaks,
throttles and heals them and tells what they were asked (docs/testing.md).

  --accounts <n|names>  how many, or their names separated by commas (default: 1)
  --port <n>            port of the first account; the others take the next ones (default: any free ports)
  --admin-port <n>      port of the admin endpoint (default: any free port)
  --deployment <spec>   NAME, NAME=MODEL, or either with limits: NAME=MODEL,rpm=60,tpm=10000; may be given again
                        (default: gpt-4o and text-embedding-3-small, without limits)
  --api-key <key>       a key that is right; may be given again (default: any key is)
  --reply <text>        what every completion says (default: Hello from <name>.)
  --latency <ms>        time before each answer (default: 0)
  --event-interval <ms> time between two events of a stream (default: 0)
  --json                print one line of JSON with the addresses, for scripts
  --help                print this
`;

const MAX_ACCOUNTS = 100;
const MAX_PORT = 65_535;
const MAX_MILLISECONDS = 3_600_000;

/** @throws UsageError */
export function parseFakeArguments(args: readonly string[]): FakeArguments {
  const { values, positionals } = parseArguments("fake", args, {
    accounts: { type: "string" },
    port: { type: "string" },
    "admin-port": { type: "string" },
    deployment: { type: "string", multiple: true },
    "api-key": { type: "string", multiple: true },
    reply: { type: "string" },
    latency: { type: "string" },
    "event-interval": { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help === true) return { kind: "help" };
  if (positionals.length > 0)
    throw new UsageError(`no arguments are expected besides options; got "${positionals[0]}"`);
  const names = namesOf(values.accounts ?? "1");
  const port = wholeNumberOption("--port", values.port, 1, MAX_PORT - names.length + 1);
  const latency = duration("--latency", values.latency);
  const eventInterval = duration("--event-interval", values["event-interval"]);
  const common = {
    ...(values.deployment && { deployments: values.deployment.map(deploymentOf) }),
    ...(values["api-key"] && { apiKeys: values["api-key"] }),
    ...(values.reply === undefined ? {} : { reply: values.reply }),
    ...(latency && { latency: Latency.constant(latency) }),
    ...(eventInterval && { eventInterval }),
  };
  return {
    kind: "run",
    json: values.json ?? false,
    adminPort: wholeNumberOption("--admin-port", values["admin-port"], 1, MAX_PORT) ?? 0,
    accounts: names.map((name, index) => ({
      ...common,
      name,
      region: name,
      port: port === undefined ? 0 : port + index,
    })),
  };
}

/** `3`, or `east,west`. */
function namesOf(text: string): string[] {
  if (/^\d+$/.test(text)) {
    const count = wholeNumberOption("--accounts", text, 1, MAX_ACCOUNTS) ?? 1;
    return Array.from({ length: count }, (_, index) => `fake-${index + 1}`);
  }
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => !/^[\w.-]+$/.test(name))) {
    throw new UsageError(
      `--accounts is a number, or names of letters, digits, ".", "_" and "-" separated by commas; got "${text}"`,
    );
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--accounts lists "${twice}" twice: give each account its own name`);
  return names;
}

function deploymentOf(spec: string): FakeDeployment {
  const [naming = "", ...limits] = spec.split(",").map((part) => part.trim());
  const [name = "", ...model] = naming.split("=");
  if (name === "" || model.length > 1 || model[0] === "") throw wrongDeployment(spec);
  const deployment = { name, ...(model[0] === undefined ? {} : { model: model[0] }) };
  return limits.reduce<FakeDeployment>((made, limit) => ({ ...made, ...limitOf(limit, spec) }), deployment);
}

function limitOf(limit: string, spec: string): Partial<FakeDeployment> {
  const [, name, amount = ""] = /^(rpm|tpm)=([1-9]\d*)$/.exec(limit) ?? [];
  if (name === undefined) throw wrongDeployment(spec);
  return name === "rpm" ? { requestsPerMinute: Number(amount) } : { tokensPerMinute: Number(amount) };
}

function wrongDeployment(spec: string): UsageError {
  return new UsageError(`--deployment is NAME, NAME=MODEL, or either with ,rpm=N and ,tpm=N; got "${spec}"`);
}

function duration(option: string, text: string | undefined): Duration | undefined {
  const milliseconds = wholeNumberOption(option, text, 0, MAX_MILLISECONDS);
  return milliseconds === undefined ? undefined : Duration.milliseconds(milliseconds);
}

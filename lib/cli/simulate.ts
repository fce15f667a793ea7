import { createInterface } from "node:readline";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { DEFAULT_TIME_SCALE } from "../simulator/index.js";
import { type GatewayModel, readGatewayModel } from "../synthesized/index.js";
import { UsageError } from "../verify/index.js";
import { parseArguments, wholeNumberOption } from "./arguments.js";
import { type Command, type Io, OK } from "./io.js";
import { Lab } from "./lab.js";
import { COMMANDS_HELP, SimulateCommands } from "./simulate-commands.js";
import { synthesizedFile } from "./synthesize.js";
import { verifyLine } from "./verify-line.js";

/** CDKTF's output folder, unless `CDKTF_OUTDIR` names another. */
export const DEFAULT_PATH = "cdktf.out";

export const SIMULATE_HELP = `aoai-lb simulate [<file or folder>] [options]

Runs a synthesized gateway on this machine, in front of a fake Azure OpenAI account for each pool member, until Ctrl-C.
The file is a cdk.tf.json, other Terraform JSON, or a plan from "terraform show -json" (default: ${DEFAULT_PATH}). A
configuration, such as gateway.config.json, is synthesized first.

  --gateway <name>     which gateway, if the file has several: its name or its Terraform address
  --instances <n>      number of gateway instances (default: the file's minimum)
  --time-scale <n>     how many times as fast the gateway's clocks run: probes, timeouts (default: ${DEFAULT_TIME_SCALE})
  --down <backend>     start with this backend down: its number or its host name; can be repeated
  --throttle <backend> start with this backend answering 429; can be repeated
  --access-log <file>  write the access log to this file, a line of JSON per request; - for standard output
  --help               print this

While it runs, type a line and Enter:
${COMMANDS_HELP}`;

/** `aoai-lb simulate` */
export const simulate: Command = async (args, io) => {
  const { values, positionals } = parseArguments("simulate", args, {
    gateway: { type: "string" },
    instances: { type: "string" },
    "time-scale": { type: "string" },
    down: { type: "string", multiple: true },
    throttle: { type: "string", multiple: true },
    "access-log": { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help === true) {
    io.stdout.write(SIMULATE_HELP);
    return OK;
  }
  const [path = io.env["CDKTF_OUTDIR"] || DEFAULT_PATH, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`give one file or folder; got also "${more.join('" "')}"`);
  const accessLog = await openAccessLog(values["access-log"], io);
  const instances = wholeNumberOption("--instances", values.instances, 1, 125);
  const timeScale = wholeNumberOption("--time-scale", values["time-scale"], 1, 10_000);
  await using lab = await Lab.create({
    model: readGatewayModel(await synthesizedFile("simulate", path, io), { gateway: values.gateway }),
    instances,
    timeScale,
    accessLog: accessLog && ((entry) => void accessLog.write(`${JSON.stringify(entry)}\n`)),
  });
  io.stdout.write(introduction(lab, io));
  lab.gateway.on("health", ({ fqdn, instance, health, reason, after }) => {
    // On the gateway's clock, as all that is configured.
    const time = (after.toSeconds() * (timeScale ?? DEFAULT_TIME_SCALE)).toFixed(1).padStart(7);
    io.stdout.write(`${time} s  ${fqdn} is ${health} to instance ${instance}: ${reason}\n`);
  });
  const commands = new SimulateCommands(lab);
  for (const name of values.down ?? []) io.stdout.write((await commands.obey(`down ${name}`)).text);
  for (const name of values.throttle ?? []) io.stdout.write((await commands.obey(`throttle ${name}`)).text);
  const lines = createInterface({ input: io.stdin });
  await new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      commands.obey(line).then(
        ({ text, quit }) => {
          io.stdout.write(text);
          if (quit) resolve();
        },
        (error: unknown) => io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
      );
    });
    if (io.signal.aborted) resolve();
    io.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  lines.close();
  io.stdout.write("\nstopped\n");
  return OK;
};

/** The listeners and backends, and how to reach them. */
function introduction(lab: Lab, io: Io): string {
  const { gateway, backends, token, model, deployment } = lab;
  const more = `--expect ${backends.length} --insecure`;
  const listeners = [...gateway.urls.values()].map(
    ({ listener, protocol, port, url }) => `  Listener ${listener} (${protocol}, port ${port} on Azure)   ${url}`,
  );
  return [
    `${model.name} on this machine: ${gateway.instances} instance${gateway.instances === 1 ? "" : "s"}`,
    "",
    ...listeners,
    ...backends.map(({ fqdn, server }, at) => `  Backend ${at + 1}  ${fqdn}   ${server.url}`),
    ...rolesUnknown(model),
    ...gateway.notSimulated.map((what) => `  Not simulated: ${what}`),
    "",
    `  export AZURE_OPENAI_AD_TOKEN=${token}`,
    `  curl -k ${gateway.url}/openai/v1/chat/completions -H "Authorization: Bearer $AZURE_OPENAI_AD_TOKEN" -H "Content-Type: application/json" -d '{"model":"${deployment}","messages":[{"role":"user","content":"Hello"}]}'`,
    `  ${verifyLine(io, { url: gateway.url, deployment, instances: gateway.instances, more })}`,
    "",
    'Type "help" and Enter to see what can be done to it; "quit" or Ctrl-C ends it.',
    "",
  ].join("\n");
}

/** The backends that accept any token here, as the file does not say whose roles are granted on their accounts. */
function rolesUnknown({ backends }: GatewayModel): string[] {
  const unknown = backends.filter(({ openAiUsers }) => openAiUsers === undefined).map(({ fqdn }) => fqdn);
  return unknown.length === 0 ? [] : [`  Roles unknown on ${unknown.join(", ")}: any token is accepted there`];
}

/** Opens the file before anything starts, so that one that is not writable is reported first. @throws UsageError */
async function openAccessLog(file: string | undefined, io: Io): Promise<Pick<Io["stdout"], "write"> | undefined> {
  if (file === undefined) return undefined;
  if (file === "-") return io.stdout;
  const stream = createWriteStream(file, { flags: "a" });
  try {
    await once(stream, "open");
  } catch (error) {
    throw new UsageError(`--access-log: ${(error as Error).message}; give a writable file, or -`);
  }
  stream.on("error", (error) => io.stderr.write(`--access-log: ${error.message}\n`));
  return stream;
}

import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { type GatewayModel, readGatewayModel } from "../synthesized/index.js";
import { UsageError } from "../verify/index.js";
import { parseArguments, wholeNumberOption } from "./arguments.js";
import { type Command, type Io, OK } from "./io.js";
import { Lab } from "./lab.js";
import { PAGE_REQUESTS_PER_MINUTE, pageQuota } from "./page-quota.js";
import { COMMANDS_HELP, obey } from "./simulate-commands.js";
import { startPage } from "./simulate-page.js";
import { synthesize, synthesizedFile } from "./synthesize.js";
import { verifyLine } from "./verify-line.js";

/** CDKTF's output folder, unless `CDKTF_OUTDIR` names another. */
export const DEFAULT_PATH = "cdktf.out";
/** With the page, so that a broken backend is taken out while one looks. */
export const PAGE_PROBE_TIME_SCALE = 10;
export const SIMULATE_HELP = `aoai-lb simulate [<file or folder>] [options]

Runs a synthesized gateway on this machine, in front of a fake Azure OpenAI account for each pool member, until Ctrl-C.
The file is a cdk.tf.json, other Terraform JSON, or a plan from "terraform show -json" (default: ${DEFAULT_PATH}; if that
is missing, the configuration is synthesized first, as demo does). A configuration, such as gateway.config.json, is
synthesized first, too.

  --ui                 serve a page on this machine that shows the gateway at work, sends traffic and breaks backends;
                       its address is printed
  --gateway <name>     which gateway, if the file has several: its name or its Terraform address
  --stack <name>       which gateway, if there are several configurations or synthesized stacks
  --instances <n>      number of gateway instances (default: the file's minimum)
  --time-scale <n>     how many times as fast the gateway's clocks run: probes, timeouts
                       (default: 1; with --ui, ${PAGE_PROBE_TIME_SCALE} for the probes alone)
  --rpm <n>            quota of each backend in requests per minute (default: none; with --ui, what follows from
                       the capacity of its deployment in the file, or ${PAGE_REQUESTS_PER_MINUTE})
  --down <backend>     start with this backend down: its number or its host name; can be repeated
  --throttle <backend> start with this backend answering 429; can be repeated
  --access-log <file>  write the access log to this file, a line of JSON per request; - for standard output
  --help               print this

While it runs, type a line and Enter:
${COMMANDS_HELP}`;

/** `aoai-lb simulate` */
export const simulate: Command = async (args, io) => {
  const { values, positionals } = parseArguments("simulate", args, {
    ui: { type: "boolean" },
    gateway: { type: "string" },
    stack: { type: "string" },
    instances: { type: "string" },
    "time-scale": { type: "string" },
    rpm: { type: "string" },
    down: { type: "string", multiple: true },
    throttle: { type: "string", multiple: true },
    "access-log": { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help === true) {
    io.stdout.write(SIMULATE_HELP);
    return OK;
  }
  const [path, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`give one file or folder; got also "${more.join('" "')}"`);
  const accessLog = await openAccessLog(values["access-log"], io);
  const instances = wholeNumberOption("--instances", values.instances, 1, 125);
  const timeScale = wholeNumberOption("--time-scale", values["time-scale"], 1, 10_000);
  const rpm = wholeNumberOption("--rpm", values.rpm, 1, 1_000_000);
  const page = values.ui === true ? await startPage() : undefined;
  const probeTimeScale = timeScale ?? (page ? PAGE_PROBE_TIME_SCALE : 1);
  await using lab = await Lab.create({
    model: readGatewayModel(await fileOf(path, io, values.stack), { gateway: values.gateway }),
    instances,
    timeScale,
    probeTimeScale,
    limits: rpm === undefined ? page && pageQuota : () => ({ requestsPerMinute: rpm }),
    accessLog:
      (page ?? accessLog) &&
      ((entry) => {
        page?.recorder.logged(entry);
        accessLog?.write(`${JSON.stringify(entry)}\n`);
      }),
  });
  await using served = await page?.open(lab, probeTimeScale);
  io.stdout.write(introduction(lab, io));
  if (served) io.stdout.write(`\nThe page: ${served.url}\n\n`);
  lab.gateway.on("health", ({ fqdn, instance, health, reason, after }) => {
    // On the gateway's clock, as all that is configured.
    const onAzure = (after.toSeconds() * probeTimeScale).toFixed(1).padStart(7);
    io.stdout.write(`${onAzure} s  ${fqdn} is ${health} to instance ${instance}: ${reason}\n`);
  });
  const typed = new AbortController();
  const type = async (line: string) => {
    const { text, quit } = await obey(lab, line);
    io.stdout.write(text);
    if (quit) typed.abort();
  };
  for (const line of [...commands("down", values.down), ...commands("throttle", values.throttle)]) await type(line);
  const lines = createInterface({ input: io.stdin });
  lines.on("line", (line) => {
    type(line).catch((error: unknown) => {
      io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  const end = AbortSignal.any([io.signal, typed.signal]);
  if (!end.aborted) await once(end, "abort");
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

function fileOf(path: string | undefined, io: Io, stack: string | undefined): Promise<string> {
  const file = path ?? (io.env["CDKTF_OUTDIR"] || DEFAULT_PATH);
  if (path === undefined && !existsSync(file)) return synthesize("simulate", io, { stack });
  return synthesizedFile("simulate", file, io, { stack });
}

function commands(verb: string, backends: readonly string[] = []): string[] {
  return backends.map((backend) => `${verb} ${backend}`);
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

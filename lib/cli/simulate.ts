import { createInterface } from "node:readline";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { Fault } from "../simulator/index.js";
import { readGatewayModel } from "../synthesized/index.js";
import { UsageError } from "../verify/index.js";
import { parseArguments, wholeNumberOption } from "./arguments.js";
import { type Command, type Io, OK } from "./io.js";
import { type Backend, DEPLOYMENT, Lab } from "./lab.js";

export const DEFAULT_PATH = "cdktf.out";

export const SIMULATE_HELP = `aoai-lb simulate [<file or folder>] [options]

Runs a synthesized gateway on this machine, in front of a fake Azure OpenAI account for each pool member, until Ctrl-C.
The file is a cdk.tf.json, other Terraform JSON, or a plan from "terraform show -json" (default: ${DEFAULT_PATH}).

  --instances <n>      how many gateway instances (default: the file's minimum)
  --time-scale <n>     how many times as fast the gateway's clocks run: probes, timeouts (default: 1)
  --down <backend>     start with this backend down: its number, or its host name; may be given again
  --throttle <backend> start with this backend answering 429; may be given again
  --access-log <file>  write the access log there, a line of JSON for each request; - for standard output
  --help               print this

While it runs, type a line and Enter: "down 2", "throttle 2", "up 2", "status".
`;

/** `aoai-lb simulate` */
export const simulate: Command = async (args, io) => {
  const { values, positionals } = parseArguments("simulate", args, {
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
  const [path = DEFAULT_PATH, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one file or folder is expected; got also "${more.join('" "')}"`);
  const file = values["access-log"];
  const instances = wholeNumberOption("--instances", values.instances, 1, 125);
  const timeScale = wholeNumberOption("--time-scale", values["time-scale"], 1, 10_000);
  await using lab = await Lab.create({
    model: readGatewayModel(path),
    instances,
    timeScale,
    accessLog: file === undefined ? undefined : (entry) => writeLine(io, file, JSON.stringify(entry)),
  });
  const starting = [...commands("down", values.down), ...commands("throttle", values.throttle)];
  for (const command of starting) await obey(lab, command);
  io.stdout.write(introduction(lab));
  lab.gateway.on("health", ({ fqdn, instance, health, reason, after }) => {
    io.stdout.write(
      `${after.toSeconds().toFixed(1).padStart(7)} s  ${fqdn} is ${health} to instance ${instance}: ${reason}\n`,
    );
  });
  const lines = createInterface({ input: io.stdin });
  lines.on("line", (line) => {
    obey(lab, line.trim()).then(
      (answer) => io.stdout.write(answer),
      (error: unknown) => io.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  if (!io.signal.aborted) await once(io.signal, "abort");
  lines.close();
  io.stdout.write("\nstopped\n");
  return OK;
};

/** What there is, and how to reach it. */
function introduction(lab: Lab): string {
  const { gateway, backends, token, model } = lab;
  const listeners = [...gateway.urls.values()].map(
    ({ listener, protocol, port, url }) => `  Listener ${listener} (${protocol}, port ${port} on Azure)   ${url}`,
  );
  return [
    `${model.name} on this machine: ${gateway.instances} instance${gateway.instances === 1 ? "" : "s"}`,
    "",
    ...listeners,
    ...backends.map(({ fqdn, server }, at) => `  Backend ${at + 1}  ${fqdn}   ${server.url}`),
    ...gateway.notSimulated.map((what) => `  Not simulated: ${what}`),
    "",
    "  TOKEN=" + token,
    `  curl -k ${gateway.url}/openai/v1/chat/completions -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{"model":"${DEPLOYMENT}","messages":[{"role":"user","content":"Hello"}]}'`,
    `  aoai-lb verify ${gateway.url} --deployment ${DEPLOYMENT} --token $TOKEN --insecure --expect ${backends.length}`,
    "",
    'Type "down 2", "throttle 2", "up 2" or "status" and Enter; Ctrl-C ends it.',
    "",
  ].join("\n");
}

/** Does what a line says. @throws UsageError */
async function obey(lab: Lab, line: string): Promise<string> {
  const [verb = "", which] = line.split(/\s+/);
  if (line === "") return "";
  if (verb === "status") return status(lab);
  const backend = find(lab, which, line);
  switch (verb) {
    case "down":
      if (backend.server.state === "listening") await backend.server.refuse();
      return `${backend.fqdn} refuses connections\n`;
    case "throttle":
      backend.server.inject(Fault.throttle());
      return `${backend.fqdn} answers 429\n`;
    case "up":
      backend.server.heal();
      if (backend.server.state !== "listening") await backend.server.accept();
      return `${backend.fqdn} is well\n`;
    default:
      throw new UsageError(`"${line}" is not understood: type "down 2", "throttle 2", "up 2" or "status"`);
  }
}

function find({ backends }: Lab, which: string | undefined, line: string): Backend {
  const found = backends.find(({ fqdn }, at) => which === fqdn || which === String(at + 1));
  if (found) return found;
  throw new UsageError(
    `"${line}" names no backend: give a number from 1 to ${backends.length}, or a host name of the pool`,
  );
}

function status({ gateway }: Lab): string {
  return gateway
    .backendStates()
    .map(({ instance, fqdn, health, reason }) => `instance ${instance}  ${fqdn}  ${health}: ${reason}\n`)
    .join("");
}

function commands(verb: string, backends: readonly string[] = []): string[] {
  return backends.map((backend) => `${verb} ${backend}`);
}

function writeLine(io: Io, file: string, line: string): void {
  if (file === "-") io.stdout.write(`${line}\n`);
  else appendFileSync(file, `${line}\n`);
}

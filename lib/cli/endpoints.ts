import {
  type Address,
  addressesOf,
  type GatewayModel,
  isUnresolved,
  mainRule,
  parseGatewayModel,
  readTerraform,
  readTerraformFiles,
} from "../synthesized/index.js";
import { UsageError } from "../verify/index.js";
import { parseArguments } from "./arguments.js";
import { type Command, OK } from "./io.js";
import { DEFAULT_PATH } from "./simulate.js";
import { synthesizedFile } from "./synthesize.js";

const FORMATS = ["json", "ts"] as const;
const DEFAULT_FORMAT = "json";

export const ENDPOINTS_HELP = `aoai-lb endpoints [<file or folder>] [options]

Prints the endpoints of createLoadBalancedFetch (docs/client.md) for a gateway whose backends have addresses of their own:
each backend once, through the gateway. The file is a cdk.tf.json, other Terraform JSON, a plan as JSON (default:
${DEFAULT_PATH}), or a configuration, which is synthesized first.

  --format <format>  ${FORMATS.join(" or ")} (default: ${DEFAULT_FORMAT}); ts is a module with Entra tokens
  --url <url>        the gateway's URL (default: the one in the file; a public address is known only after apply:
                     terraform output -raw gateway_url)
  --pools            the pools instead of the backends
  --host-names       host names of their own, where the file has them, instead of paths
  --stack <name>     which gateway, if there are several configurations or synthesized stacks
  --gateway <name>   which gateway, if the file has several: its name or its Terraform address
  --help             print this
`;

/** An endpoint without its credential, which no file holds. */
interface Endpoint {
  readonly name: string;
  readonly url: string;
}

/** `aoai-lb endpoints` */
export const endpoints: Command = async (args, io) => {
  const { values, positionals } = parseArguments("endpoints", args, {
    format: { type: "string" },
    url: { type: "string" },
    pools: { type: "boolean" },
    "host-names": { type: "boolean" },
    stack: { type: "string" },
    gateway: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (values.help === true) {
    io.stdout.write(ENDPOINTS_HELP);
    return OK;
  }
  const [path = io.env["CDKTF_OUTDIR"] || DEFAULT_PATH, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`give one file or folder; got also "${more.join('" "')}"`);
  const format = formatOf(values.format);
  // The list alone goes to standard output, so that it can be written to a file.
  const file = await synthesizedFile("endpoints", path, { ...io, stdout: io.stderr }, { stack: values.stack });
  const json = readTerraformFiles(file);
  const model = parseGatewayModel(json, { gateway: values.gateway, source: file });
  const found = addresses(model, { pools: values.pools === true, hostNames: values["host-names"] === true });
  const base = values.url ?? gatewayUrl(json, file);
  const list = found.map((address) => ({ name: address.name, url: urlOf(address, baseUrl(base, address)) }));
  io.stdout.write(format === "ts" ? typescript(list) : `${JSON.stringify(list, null, 2)}\n`);
  return OK;
};

function formatOf(format: string = DEFAULT_FORMAT): (typeof FORMATS)[number] {
  const known = FORMATS.find((each) => each === format);
  if (known !== undefined) return known;
  throw new UsageError(`--format is ${FORMATS.join(" or ")}; got "${format}"`);
}

/** Each backend once, or each pool of several. */
function addresses(model: GatewayModel, { pools, hostNames }: { pools: boolean; hostNames: boolean }): Address[] {
  const all = addressesOf(model).filter((address) => (address.hostName !== undefined) === hostNames);
  const wanted = all.filter((address) => isPool(address) === pools);
  const isFirst = ({ pool }: Address, at: number) =>
    pools || wanted.findIndex((other) => other.pool.members[0] === pool.members[0]) === at;
  const found = wanted.filter(isFirst);
  if (found.length > 0) return found;
  throw new UsageError(
    `${mainRule(model)?.listener.name ?? model.address}: no ${pools ? "pool" : "backend"} has ${hostNames ? "a host name" : "an address"} of its own; set ${hostNames ? "addressing.domain" : "addressing"} in the configuration (docs/addressing.md)`,
  );
}

/** A pool of one member is a backend, unless its path says otherwise. */
function isPool({ pool, path }: Address): boolean {
  return pool.members.length !== 1 || path.startsWith("/pools/");
}

/** The output `gateway_url`, as far as it is written out. */
function gatewayUrl(json: unknown, file: string): string | undefined {
  const value = readTerraform(json, file).outputs["gateway_url"]?.["value"];
  return typeof value === "string" && !isUnresolved(value) ? value : undefined;
}

function baseUrl(url: string | undefined, { hostName }: Address): URL {
  if (url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url)) return new URL(url);
  if (url !== undefined)
    throw new UsageError(`--url: "${url}" is not an http or https URL; write one such as https://llm.example.com`);
  if (hostName !== undefined) return new URL(`https://${hostName}`);
  throw new UsageError(
    "the gateway's URL is known only after apply; give it with --url: terraform output -raw gateway_url",
  );
}

function urlOf({ path, hostName }: Address, base: URL): string {
  const url = new URL(base);
  if (hostName !== undefined) url.hostname = hostName;
  return `${url.origin}${path}`;
}

function typescript(list: readonly Endpoint[]): string {
  const lines = list.map(
    ({ name, url }) => `  { name: ${JSON.stringify(name)}, url: ${JSON.stringify(url)}, tokenProvider },`,
  );
  return `import { DefaultAzureCredential, getBearerTokenProvider } from "@azure/identity";
import { createLoadBalancedFetch } from "aoai-kiss-lb/client";

const tokenProvider = getBearerTokenProvider(
  new DefaultAzureCredential(),
  "https://cognitiveservices.azure.com/.default",
);

/** Each account, through the gateway: printed by aoai-lb endpoints. */
export const endpoints = [
${lines.join("\n")}
];

export const fetch = createLoadBalancedFetch({ endpoints });
`;
}

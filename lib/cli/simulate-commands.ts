import { type SimulatedBackend, SLOWNESS } from "../ui/simulated-backend.js";
import { type Condition } from "../ui/view.js";
import { UsageError } from "../verify/index.js";
import { type Lab } from "./lab.js";

export const COMMANDS_HELP = `down 2        backend 2 refuses connections
throttle 2 3  backends 2 and 3 answer 429; their probes stay healthy
slow 2        backend 2 answers ${SLOWNESS.toString()} later; its probes do not
up all        all backends are well again
status        what each instance finds, and what was done to the backends
quit          stop (so does Ctrl-C)
A backend is its number or its host name; capitals make no difference.
`;

/** What a line came to. */
export interface Outcome {
  readonly text: string;
  readonly quit: boolean;
}

/**
 * Does what is typed while `aoai-lb simulate` runs.
 * @throws UsageError for a line that is not understood
 */
export async function obey(lab: Lab, line: string): Promise<Outcome> {
  const [verb = "", ...names] = line
    .trim()
    .toLowerCase()
    .split(/[\s,]+/);
  switch (verb) {
    case "":
      return say("");
    case "help":
    case "?":
      return say(COMMANDS_HELP);
    case "quit":
    case "exit":
      return { text: "", quit: true };
    case "status":
      return say(status(lab));
  }
  const condition = CONDITIONS.get(verb);
  if (condition === undefined) throw new UsageError(`"${line.trim()}" is not understood: type "help" to see what is`);
  const backends = find(lab, names, line);
  await Promise.all(backends.map((backend) => backend.become(condition)));
  return say(backends.map(({ fqdn }) => `${fqdn} ${told(lab, condition)}\n`).join(""));
}

const CONDITIONS: ReadonlyMap<string, Condition> = new Map([
  ["down", "down"],
  ["throttle", "throttled"],
  ["slow", "slow"],
  ["up", "up"],
]);

const DONE: Readonly<Record<Condition, string>> = {
  down: "refuses connections",
  throttled: "answers 429 (throttled)",
  slow: `answers ${SLOWNESS.toString()} later`,
  up: "is well",
};

function told({ probe }: Lab, condition: Condition): string {
  const { unhealthyThreshold, interval } = probe;
  const notice = `; the probe needs ${unhealthyThreshold} failures, ${interval.toString()} apart, to take it out`;
  return DONE[condition] + (condition === "down" ? notice : "");
}

function find({ backends }: Lab, names: readonly string[], line: string): readonly SimulatedBackend[] {
  if (names.length === 1 && names[0] === "all") return backends;
  const found = names.map((name) => backends.find(({ fqdn }, at) => name === fqdn || name === String(at + 1)));
  const known = found.filter((backend) => backend !== undefined);
  if (known.length > 0 && known.length === names.length) return [...new Set(known)];
  const wrong = names.find((_, at) => found[at] === undefined);
  const what = wrong === undefined ? "names no backend" : `names "${wrong}", which is no backend`;
  throw new UsageError(
    `"${line.trim()}" ${what}: give numbers from 1 to ${backends.length}, host names of the pool, or all`,
  );
}

function status({ gateway, backends }: Lab): string {
  const seen = gateway
    .backendStates()
    .map(({ instance, fqdn, health, reason }) => `instance ${instance}  ${fqdn}  ${health}: ${reason}\n`);
  const done = backends
    .filter(({ condition }) => condition !== "up")
    .map(({ fqdn, condition }) => `${fqdn} ${DONE[condition]}\n`);
  return [...seen, ...done].join("");
}

function say(text: string): Outcome {
  return { text, quit: false };
}

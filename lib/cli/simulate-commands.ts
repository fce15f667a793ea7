import { type SimulatedBackend, SLOWNESS } from "../ui/simulated-backend.js";
import { type Condition } from "../ui/view.js";
import { UsageError } from "../verify/index.js";
import { type Lab } from "./lab.js";

/** What can be typed while a simulated gateway runs. */
export const TYPED_HELP = `  down 2        refuses connections; the probe takes it out
  throttle 2    answers 429
  slow 2        answers ${SLOWNESS.toString()} later
  up 2          answers as usual
  status        how each instance sees each backend, and what was done to it
  help          prints this
  quit          ends it, as Ctrl-C does

A backend is its number or its host name; several may be named, or "all".
`;

/** @returns what to print, or `quit` */
export type Obeyed = { readonly kind: "print"; readonly text: string } | { readonly kind: "quit" };

/** Does what a line says, in any case of letters. @throws UsageError for a line that is not understood */
export async function obey(lab: Lab, line: string): Promise<Obeyed> {
  const [verb = "", ...which] = line
    .trim()
    .toLowerCase()
    .split(/[\s,]+/);
  switch (verb) {
    case "":
      return print("");
    case "help":
    case "?":
      return print(TYPED_HELP);
    case "quit":
    case "exit":
      return { kind: "quit" };
    case "status":
      return print(status(lab));
  }
  const condition = CONDITIONS.get(verb);
  if (condition === undefined) throw new UsageError(`"${line.trim()}" is not understood: type "help" and Enter`);
  const backends = found(lab, which, line.trim());
  await Promise.all(backends.map((backend) => backend.become(condition)));
  return print(backends.map(({ fqdn }) => `${fqdn} ${outcome(lab, condition)}\n`).join(""));
}

const CONDITIONS: ReadonlyMap<string, Condition> = new Map([
  ["down", "down"],
  ["throttle", "throttled"],
  ["slow", "slow"],
  ["up", "up"],
]);

function outcome({ probe }: Lab, condition: Condition): string {
  switch (condition) {
    case "down":
      return `refuses connections; the probe needs ${probe.unhealthyThreshold} failures, ${probe.interval.toString()} apart, to take it out`;
    case "throttled":
      return "answers 429";
    case "slow":
      return `answers ${SLOWNESS.toString()} later`;
    case "up":
      return "is up";
  }
}

function found({ backends }: Lab, which: readonly string[], line: string): SimulatedBackend[] {
  if (which.length === 1 && which[0] === "all") return [...backends];
  const named = which.map((name) => backends.find(({ fqdn }, at) => name === fqdn || name === String(at + 1)));
  const known = named.filter((backend) => backend !== undefined);
  if (known.length > 0 && known.length === named.length) return [...new Set(known)];
  throw new UsageError(
    `"${line}" names no backend: give numbers from 1 to ${backends.length}, host names of the pool, or "all"`,
  );
}

function status({ gateway, backends }: Lab): string {
  const conditions = new Map(backends.map(({ fqdn, condition }) => [fqdn, condition]));
  return gateway
    .backendStates()
    .map(({ instance, fqdn, health, reason }) => {
      const condition = conditions.get(fqdn) ?? "up";
      const done = condition === "up" ? "" : `; it is ${condition}`;
      return `instance ${instance}  ${fqdn}  ${health}: ${reason}${done}\n`;
    })
    .join("");
}

function print(text: string): Obeyed {
  return { kind: "print", text };
}

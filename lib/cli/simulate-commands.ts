import { Fault } from "../simulator/index.js";
import { UsageError } from "../verify/index.js";
import { type Backend, type Lab } from "./lab.js";

export const COMMANDS_HELP = `down 2        backend 2 refuses connections
throttle 2 3  backends 2 and 3 answer 429; their probes stay healthy
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

/** What is typed while `aoai-lb simulate` runs. */
export class SimulateCommands {
  /** Host names of those that answer 429. */
  private readonly throttled = new Set<string>();

  constructor(private readonly lab: Lab) {}

  /**
   * Does what a line says.
   * @throws UsageError for a line that is not understood
   */
  async obey(line: string): Promise<Outcome> {
    const [verb = "", ...names] = line
      .trim()
      .toLowerCase()
      .split(/[\s,]+/);
    const say = (text: string) => ({ text, quit: false });
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
        return say(this.status());
      case "down":
      case "throttle":
      case "up": {
        const lines: string[] = [];
        for (const backend of this.find(names, line)) lines.push(await this[verb](backend));
        return say(lines.join(""));
      }
      default:
        throw new UsageError(`"${line.trim()}" is not understood: type "help" to see what is`);
    }
  }

  private async down({ fqdn, server }: Backend): Promise<string> {
    if (server.state === "listening") await server.refuse();
    const { unhealthyThreshold, interval } = this.lab.probe;
    return `${fqdn} refuses connections; the probe needs ${unhealthyThreshold} failures, ${interval} apart, to take it out\n`;
  }

  private throttle({ fqdn, server }: Backend): Promise<string> {
    server.inject(Fault.throttle());
    this.throttled.add(fqdn);
    return Promise.resolve(`${fqdn} answers 429\n`);
  }

  private async up({ fqdn, server }: Backend): Promise<string> {
    server.heal();
    this.throttled.delete(fqdn);
    if (server.state !== "listening") await server.accept();
    return `${fqdn} is well\n`;
  }

  private find(names: readonly string[], line: string): readonly Backend[] {
    const { backends } = this.lab;
    if (names.length === 1 && names[0] === "all") return backends;
    const found = names.map((name) => backends.find(({ fqdn }, at) => name === fqdn || name === String(at + 1)));
    const known = found.filter((backend) => backend !== undefined);
    if (known.length > 0 && known.length === names.length) return known;
    const wrong = names.find((_, at) => found[at] === undefined);
    const what = wrong === undefined ? "names no backend" : `names "${wrong}", which is no backend`;
    throw new UsageError(
      `"${line.trim()}" ${what}: give numbers from 1 to ${backends.length}, host names of the pool, or all`,
    );
  }

  private status(): string {
    const { gateway, backends } = this.lab;
    const done = backends.flatMap(({ fqdn, server }) => [
      ...(server.state === "listening" ? [] : [`${fqdn} refuses connections\n`]),
      ...(this.throttled.has(fqdn) ? [`${fqdn} answers 429 (throttled)\n`] : []),
    ]);
    const seen = gateway
      .backendStates()
      .map(({ instance, fqdn, health, reason }) => `instance ${instance}  ${fqdn}  ${health}: ${reason}\n`);
    return [...seen, ...done].join("");
  }
}

import { type AccessLogEntry, SimulatedGateway, type SimulatedGatewayOptions } from "../../lib/simulator/index.js";
import { parseGatewayModel } from "../../lib/synthesized/index.js";
import { StubBackend } from "./stub-backend.js";
import { FQDNS, type GatewayJson, gatewayJson } from "./terraform-json.js";

/** Probes come every 20 ms, and may take 10 s, so that a busy machine does not fail them. */
const TIME_SCALE = 50;
const PROBE_TIMEOUT_SECONDS = 500;

/** A simulated gateway in front of one stub for each FQDN, named by the FQDN's first label. */
export class GatewayUnderTest implements AsyncDisposable {
  static async create(
    json: GatewayJson = {},
    options: Partial<SimulatedGatewayOptions> = {},
    prepare: (backends: Record<string, StubBackend>) => void = () => undefined,
  ): Promise<GatewayUnderTest> {
    const model = parseGatewayModel(gatewayJson({ ...json, probe: { timeout: PROBE_TIMEOUT_SECONDS, ...json.probe } }));
    const fqdns = model.backends.map(({ fqdn }) => fqdn);
    const stubs = await Promise.all(fqdns.map((fqdn) => StubBackend.create(fqdn.split(".")[0] ?? fqdn)));
    const backends = Object.fromEntries(stubs.map((stub) => [stub.name, stub]));
    prepare(backends);
    const log: AccessLogEntry[] = [];
    const gateway = await SimulatedGateway.create({
      model,
      backends: Object.fromEntries(fqdns.map((fqdn, index) => [fqdn, stubs[index]?.url ?? ""])),
      timeScale: TIME_SCALE,
      accessLog: (entry) => log.push(entry),
      ...options,
    }).catch(async (error: unknown) => {
      // A refused option is a test's subject; open servers would keep the process running after it.
      await closeAll(stubs);
      throw error;
    });
    return new GatewayUnderTest(gateway, stubs, log);
  }

  private constructor(
    readonly gateway: SimulatedGateway,
    private readonly stubs: readonly StubBackend[],
    readonly log: readonly AccessLogEntry[],
  ) {}

  get url(): string {
    return this.gateway.url;
  }

  /** By the first label of its FQDN. */
  backend(name: string): StubBackend {
    const stub = this.stubs.find((each) => each.name === name);
    if (stub === undefined) throw new Error(`no stub is named ${name}`);
    return stub;
  }

  /** Sends a request and tells who answered with what: `a 200`, or `gateway 502`. */
  async outcome(path = "/", init?: RequestInit): Promise<string> {
    const response = await fetch(`${this.url}${path}`, { redirect: "manual", ...init });
    await response.arrayBuffer();
    return `${response.headers.get("x-served-by") ?? "gateway"} ${response.status}`;
  }

  /** The access log once it has as many entries. */
  async logged(count: number): Promise<readonly AccessLogEntry[]> {
    for (let wait = 0; this.log.length < count && wait < 2_000; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.destroy();
    await closeAll(this.stubs);
  }
}

async function closeAll(stubs: readonly StubBackend[]): Promise<void> {
  await Promise.all(stubs.map((stub) => stub.refuse()));
}

/** The FQDN of the stub with that name. */
export function fqdnOf(name: string): string {
  return FQDNS.find((fqdn) => fqdn.startsWith(`${name}.`)) ?? name;
}

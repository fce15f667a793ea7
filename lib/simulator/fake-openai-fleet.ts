import { type Backend } from "../synthesized/gateway-model.js";
import { FakeOpenAi, type FakeOpenAiOptions } from "./fake-openai.js";

/**
 * A fake account for each member of a gateway's pools, under that member's name: `x-ms-region` is the first label of its
 * FQDN (all of it where two members share that label). Where the file tells, the account has its model deployments, refuses
 * keys as it does, and lets tokens in by its role assignments. Its quotas do not limit, unless the options take them over.
 *
 * @example
 * await using fleet = await FakeOpenAiFleet.create(model.backends);
 * await using gateway = await SimulatedGateway.create({ model, backends: fleet.urls });
 *
 * @example
 * // with the quotas of the file
 * await using fleet = await FakeOpenAiFleet.create(model.backends, ({ deployments }) => ({ deployments }));
 */
export class FakeOpenAiFleet implements AsyncDisposable {
  /** @param options further options of each server, in place of those above. @default none */
  static async create(
    backends: readonly Backend[],
    options: (backend: Backend) => FakeOpenAiOptions = () => ({}),
  ): Promise<FakeOpenAiFleet> {
    const servers = new Map<string, FakeOpenAi>();
    const fleet = new FakeOpenAiFleet(servers);
    const labels = backends.map(firstLabel);
    try {
      for (const backend of backends) {
        const label = firstLabel(backend);
        const isShared = labels.indexOf(label) !== labels.lastIndexOf(label);
        const own = optionsOf(backend, isShared ? backend.fqdn : label);
        servers.set(backend.fqdn, await FakeOpenAi.create({ ...own, ...options(backend) }));
      }
    } catch (error) {
      await fleet.close();
      throw error;
    }
    return fleet;
  }

  /** By FQDN, in the order of the backends. */
  private constructor(readonly servers: ReadonlyMap<string, FakeOpenAi>) {}

  /** By FQDN: what `SimulatedGateway` takes as its backends. */
  get urls(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.servers].map(([fqdn, { url }]) => [fqdn, url]));
  }

  /** @throws RangeError if no backend has this FQDN. */
  server(fqdn: string): FakeOpenAi {
    const server = this.servers.get(fqdn);
    if (server !== undefined) return server;
    throw new RangeError(`no backend is called ${fqdn}; there are: ${[...this.servers.keys()].join(", ")}`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function firstLabel({ fqdn }: Backend): string {
  return fqdn.split(".", 1)[0] ?? fqdn;
}

function optionsOf({ fqdn, openAiUsers, deployments, takesKeys }: Backend, region: string): FakeOpenAiOptions {
  return {
    name: fqdn,
    region,
    ...(openAiUsers && { principals: openAiUsers }),
    // Without its quota, which would refuse most of a check of the gateway.
    ...(deployments && { deployments: deployments.map(({ name, model }) => ({ name, model })) }),
    ...(takesKeys === false && { localAuthEnabled: false }),
  };
}

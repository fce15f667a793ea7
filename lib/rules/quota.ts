import { normalizeLocation } from "./location.js";

/** A deployment that takes from a quota. */
export interface QuotaUse {
  /** The host name of its account. */
  readonly fqdn: string;
  /** The account's region; absent where it is known only after apply. */
  readonly location?: string;
  readonly model: string;
  readonly version: string;
  /** The deployment type. */
  readonly sku: string;
  /** Absent where it is known only after apply. */
  readonly capacityUnits?: number;
}

/** Regions of the United States and of the European Union that have a data zone. */
const DATA_ZONES: Readonly<Record<string, string>> = {
  US: "centralus eastus eastus2 northcentralus southcentralus westus westus2 westus3",
  EU: "austriaeast belgiumcentral denmarkeast francecentral germanywestcentral italynorth northeurope polandcentral spaincentral swedencentral westeurope",
};

/** The data zone of a region. */
export function dataZoneOf(location: string): string | undefined {
  const region = normalizeLocation(location);
  return Object.keys(DATA_ZONES).find((zone) => DATA_ZONES[zone]?.split(" ").includes(region));
}

/** What a deployment takes its capacity from: deployments of one subscription with the same words share it. */
interface Pool {
  readonly words: string;
  /** What adds throughput beside another subscription. */
  readonly remedy: string;
}

const SCOPE_COLUMN =
  'Azure is moving models to this scope one by one; the column "Scope" of the Quota page in the Foundry portal says whether a model has moved';

/**
 * The pool of a deployment type; undefined for one that takes from none that a gateway reaches.
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota
 */
function poolOf({ sku, model, version, location }: QuotaUse): Pool | undefined {
  const region = location && normalizeLocation(location);
  switch (sku) {
    case "GlobalStandard":
      return {
        words: `the GlobalStandard quota of ${model} ${version} in the subscription, whatever their regions`,
        remedy: `another deployment type or provisioned units (${SCOPE_COLUMN})`,
      };
    case "DataZoneStandard": {
      const zone = region && dataZoneOf(region);
      if (!region) return undefined;
      return {
        words: `the DataZoneStandard quota of ${model} ${version} in ${zone ? `the data zone ${zone}` : region}`,
        remedy: `another data zone, another deployment type or provisioned units (${SCOPE_COLUMN})`,
      };
    }
    case "Standard":
      return region
        ? {
            words: `the Standard quota of ${model} in ${region}`,
            remedy: "another region, another deployment type or provisioned units",
          }
        : undefined;
    case "ProvisionedManaged":
    case "GlobalProvisionedManaged":
    case "DataZoneProvisionedManaged":
      return region
        ? {
            words: `the ${sku} quota in ${region}`,
            remedy: "another region, another deployment type or more provisioned units",
          }
        : undefined;
    default:
      return undefined;
  }
}

/** Accounts whose deployments take their capacity from one quota: together they have no more throughput than one of them could. */
export function sharedQuotaWarnings(uses: readonly QuotaUse[]): string[] {
  const byPool = new Map<string, { pool: Pool; uses: QuotaUse[] }>();
  for (const use of uses) {
    const pool = poolOf(use);
    if (!pool) continue;
    const entry = byPool.get(pool.words) ?? { pool, uses: [] };
    entry.uses.push(use);
    byPool.set(pool.words, entry);
  }
  return [...byPool.values()].flatMap(({ pool, uses: sharing }) => {
    const fqdns = [...new Set(sharing.map(({ fqdn }) => fqdn))];
    if (fqdns.length < 2) return [];
    const known = sharing.flatMap(({ capacityUnits }) => capacityUnits ?? []);
    const sum = known.reduce((total, units) => total + units, 0);
    const amount = known.length === sharing.length ? `${sum} capacityUnits` : `more than ${sum} capacityUnits`;
    return [
      `quota: ${fqdns.join(", ")} share ${pool.words}: their deployments compete for ${amount} of it, so more accounts add availability but no throughput; throughput comes from another subscription, ${pool.remedy}`,
    ];
  });
}

import { didYouMean, type Problem, quote } from "./problem.js";

/** Regions of Azure as of autumn 2026; a region that is missing here is warned about, never refused. */
const KNOWN_LOCATIONS = (
  "australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth brazilsoutheast " +
  "canadacentral canadaeast centralindia centralus chilecentral chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3 " +
  "denmarkeast eastasia eastus eastus2 francecentral francesouth germanynorth germanywestcentral indonesiacentral israelcentral " +
  "italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest mexicocentral newzealandnorth " +
  "northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral southafricanorth southafricawest southcentralus " +
  "southeastasia southindia spaincentral swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth " +
  "ukwest usdodcentral usdodeast usgovarizona usgovtexas usgovvirginia westcentralus westeurope westindia westus westus2 westus3"
).split(" ");

/** `East US` and `eastus` are one region. */
export function normalizeLocation(value: string): string {
  return value.replaceAll(" ", "").toLowerCase();
}

export function locationProblem(value: string): Problem {
  if (/^[a-z][a-z0-9]*$/.test(normalizeLocation(value))) return undefined;
  return `${quote(value)} is not an Azure region; write its name, such as "eastus" (\`az account list-locations -o table\`)`;
}

/** A well-formed name that is no region known here. */
export function locationWarning(value: string): string | undefined {
  const location = normalizeLocation(value);
  if (KNOWN_LOCATIONS.includes(location)) return undefined;
  return `${quote(value)} is not an Azure region that this version knows, and the deployment fails if it does not exist${didYouMean(location, KNOWN_LOCATIONS)}`;
}

/** The domain that Azure OpenAI accounts of this region's cloud answer under. */
export function openAiDomain(location: string): string {
  const region = normalizeLocation(location);
  if (/^us(gov|dod)/.test(region)) return "openai.azure.us";
  return region.startsWith("china") ? "openai.azure.cn" : "openai.azure.com";
}

import fc from "fast-check";
import { DeploymentType, OpenAiAccount, OpenAiBackend, Principal } from "../../lib/index.js";
import { accountId, GROUP_ID, loadBalancer, USER_ID } from "../support/load-balancer.js";
import { synth } from "../support/synth.js";

const deployments = ["chat", "small"].map((name) => ({
  name,
  model: "gpt-5-mini",
  version: "2025-08-07",
  sku: DeploymentType.GLOBAL_STANDARD,
  capacityUnits: 1,
}));

type Member = readonly [kind: "fqdn" | "existing" | "new", name: string];

/** Every Terraform address of a load balancer with these backends and principals. */
function addresses(members: readonly Member[], principals: readonly string[]): Set<string> {
  const { json } = synth((stack) => {
    const backends = members.map(([kind, name]) => {
      const fqdn = `${name}.openai.azure.com`;
      if (kind === "fqdn") return OpenAiBackend.fromFqdn(fqdn);
      if (kind === "new") return OpenAiBackend.newAccount({ name, location: "eastus" });
      const account = OpenAiAccount.fromAccountAttributes(stack, name, { accountId: accountId(name), fqdn });
      return OpenAiBackend.fromAccount(account);
    });
    loadBalancer(stack, {
      backends,
      deployments: members.some(([kind]) => kind === "new") ? deployments : [],
      principals: principals.map((id) => Principal.group(id)),
    });
  });
  const resources = json["resource"] as Record<string, object>;
  return new Set(Object.entries(resources).flatMap(([type, ids]) => Object.keys(ids).map((id) => `${type}.${id}`)));
}

const member = fc.tuple(
  fc.constantFrom("fqdn", "existing", "new"),
  fc.integer({ min: 0, max: 20 }).map((n) => `account-${n}`),
);
const pool = fc.uniqueArray(member, { minLength: 1, maxLength: 5, selector: ([, name]) => name });
const principals = fc.shuffledSubarray([GROUP_ID, USER_ID]);

describe("Terraform addresses", () => {
  test("do not depend on the order of backends and principals", () => {
    fc.assert(
      fc.property(pool, principals, fc.nat(), (members, ids, turn) => {
        const at = turn % members.length;
        const turned = [...members.slice(at), ...members.slice(0, at)].reverse();
        expect(addresses(turned, [...ids].reverse())).toEqual(addresses(members, ids));
      }),
      { numRuns: 10 },
    );
  });

  test("stay when a backend is inserted, wherever", () => {
    fc.assert(
      fc.property(pool, principals, fc.nat(), (members, ids, place) => {
        const at = place % (members.length + 1);
        const inserted = [...members.slice(0, at), ["new", "account-99"] as const, ...members.slice(at)];
        const before = addresses(members, ids);
        const after = addresses(inserted, ids);
        expect([...before].filter((address) => !after.has(address))).toEqual([]);
        expect([...after].filter((address) => !before.has(address)).join()).toContain("account-99");
      }),
      { numRuns: 10 },
    );
  });
});

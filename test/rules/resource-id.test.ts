import fc from "fast-check";
import {
  guidProblem,
  parseResourceId,
  principalIdProblem,
  RESOURCE_TYPES,
  resourceIdProblem,
} from "../../lib/rules/resource-id.js";

const GUID = "0a1b2c3d-0000-0000-0000-00000000000F";
const GROUP = `/subscriptions/${GUID}/resourceGroups/my-rg`;
const EXAMPLE = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/…";
const ids = {
  account: `${GROUP}/providers/Microsoft.CognitiveServices/accounts/my-account`,
  keyVault: `${GROUP}/providers/Microsoft.KeyVault/vaults/my-vault`,
  subnet: `${GROUP}/providers/Microsoft.Network/virtualNetworks/my-vnet/subnets/my-subnet`,
};
const examples = {
  account: `${EXAMPLE}/providers/Microsoft.CognitiveServices/accounts/…`,
  keyVault: `${EXAMPLE}/providers/Microsoft.KeyVault/vaults/…`,
  subnet: `${EXAMPLE}/providers/Microsoft.Network/virtualNetworks/…/subnets/…`,
};
const kinds = ["account", "keyVault", "subnet"] as const;

test.each(["", "x", "0a1b2c3d", `{${GUID}}`, GUID.replaceAll("-", ""), `${GUID} `, GUID.replace("a", "g")])(
  "%j is no GUID",
  (value) => {
    expect(guidProblem(value)).toBe(
      `"${value}" is not a GUID; write 32 hexadecimal digits such as "00000000-0000-0000-0000-000000000000"`,
    );
    expect(principalIdProblem(value)).toBe(
      `"${value}" is not a GUID; write the object id of the user, group or service principal (\`az ad user show\`, \`az ad sp show\`), not its name or application id`,
    );
  },
);

test("a GUID is taken in any case", () => {
  fc.assert(
    fc.property(fc.uuid(), (guid) => {
      expect([guidProblem(guid), principalIdProblem(guid.toUpperCase())]).toEqual([undefined, undefined]);
    }),
  );
});

describe.each(kinds)("the id of %s", (kind) => {
  const type = RESOURCE_TYPES[kind];
  const id = ids[kind];

  test("is accepted and parsed in any case; the fixed parts get Azure's spelling", () => {
    const upper = id.toUpperCase();
    expect([resourceIdProblem(type)(id), resourceIdProblem(type)(upper)]).toEqual([undefined, undefined]);
    expect(parseResourceId(id, type)).toEqual({
      id,
      subscriptionId: GUID,
      resourceGroupName: "my-rg",
      name: { account: "my-account", keyVault: "my-vault", subnet: "my-subnet" }[kind],
    });
    expect(parseResourceId(upper, type).id.toLowerCase()).toBe(id.toLowerCase());
    expect(parseResourceId(upper, type).id).toContain(`/providers/${type.split("/")[0]}/`);
  });

  test.each([
    "",
    "my-name",
    GROUP,
    `${id}/`,
    `${id}/more/x`,
    id.slice(1),
    ` ${id}`,
    `${id}?x=y`,
    `${id}\${x}`,
    id.replace("my-rg", "my rg"),
    id.replace("my-rg", "my-rg."),
    id.replace("resourceGroups", "groups"),
    `https://portal.azure.com/#resource${id}`,
  ])("is not %j", (value) => {
    expect(resourceIdProblem(type)(value)).toBe(`"${value}" is not the id of a ${type}; write "${examples[kind]}"`);
    expect(() => parseResourceId(value, type)).toThrow(TypeError);
  });

  test("has a GUID for its subscription", () => {
    const value = id.replace(GUID, "my-subscription");
    expect(resourceIdProblem(type)(value)).toBe(
      `"${value}" has a subscription that is not a GUID; write "${examples[kind]}"`,
    );
  });

  test("is not that of another type", () => {
    for (const other of kinds.filter((other) => other !== kind)) {
      expect(resourceIdProblem(type)(ids[other])).toContain(`is not the id of a ${type}`);
    }
  });
});

test.each([
  "GatewaySubnet",
  "AzureFirewallSubnet",
  "AzureFirewallManagementSubnet",
  "AzureBastionSubnet",
  "routeserversubnet",
])("the subnet %s is reserved for another service", (name) => {
  const id = ids.subnet.replace("my-subnet", name);
  expect(resourceIdProblem(RESOURCE_TYPES.subnet)(id)).toBe(
    `"${id}" is a subnet that Azure reserves for another service; use one for gateways only`,
  );
});

test("any text either is an id that can be parsed and formatted again, or is refused", () => {
  const segment = fc.constantFrom(
    "subscriptions",
    GUID,
    "resourceGroups",
    "rg",
    "providers",
    "Microsoft.KeyVault",
    "vaults",
  );
  const text = fc.array(segment, { maxLength: 9 }).map((segments) => `/${segments.join("/")}`);
  fc.assert(
    fc.property(fc.oneof(text, fc.constant(ids.keyVault)), (value) => {
      const problem = resourceIdProblem(RESOURCE_TYPES.keyVault)(value);
      if (problem === undefined) expect(parseResourceId(value, RESOURCE_TYPES.keyVault).id).toBe(value);
      else expect(() => parseResourceId(value, RESOURCE_TYPES.keyVault)).toThrow(TypeError);
    }),
  );
});

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { renderArmTemplate } from "../../lib/arm/index.js";
import { readTerraform } from "../../lib/synthesized/index.js";
import { type Request, deployArm } from "../support/arm-deployment.js";
import { readJson, ROOT, synthConfig } from "../support/config.js";

/**
 * Configurations with the last request that azurerm 4.55.0 sends for each of their resources, recorded with a stand-in for
 * Azure Resource Manager. A principal id that Azure gives is written as `principalId of <the identity's id>`.
 */
interface Recording {
  readonly config: Readonly<Record<string, unknown>>;
  readonly requests: readonly Request[];
}

const folder = "test/arm/requests";
const names = readdirSync(join(ROOT, folder)).map((file) => file.replace(/\.json$/, ""));
const recording = (name: string) => readJson(`${folder}/${name}.json`) as unknown as Recording;
const subscription = "00000000-0000-0000-0000-000000000000";

/** What the template of a configuration sends. */
function sent(config: Readonly<Record<string, unknown>>): readonly Request[] {
  const { json } = synthConfig({ ...config, subscriptionId: subscription });
  const { json: template, resourceGroup } = renderArmTemplate(readTerraform(json, "the stack"));
  return deployArm(template, { subscription, resourceGroup }).requests;
}

/** Requests by path, in a form in which only what matters differs. */
function comparable(requests: readonly Request[]): Map<string, unknown> {
  return new Map(
    requests
      .map(({ path, apiVersion, body }): [string, unknown] => {
        const place = path.replace("/providers/Microsoft.Resources/resourceGroups/", "/resourceGroups/");
        // azurerm gives some their name once more, in the body.
        const rest = Object.fromEntries(Object.entries(body as object).filter(([key]) => key !== "name"));
        const isAssignment = place.includes("/roleAssignments/");
        // Both make names of their own for the same scope, principal and role.
        const key = isAssignment
          ? `${place.replace(/roleAssignments\/.*/, "")} ${JSON.stringify(sorted(rest))}`
          : place;
        return [key, { apiVersion, body: sorted(rest) }];
      })
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** Lists in one order, as azurerm has sets of them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The one difference: azurerm sends a network without subnets, which in a template would delete them in an update. */
function withoutSubnets([path, request]: readonly [string, unknown]): readonly [string, unknown] {
  if (!/\/virtualNetworks\/[^/]+$/.test(path)) return [path, request];
  const { apiVersion, body } = request as { apiVersion: string; body: { properties: Record<string, unknown> } };
  const { subnets, ...properties } = body.properties;
  expect(subnets).toEqual([]);
  return [path, { apiVersion, body: { ...body, properties } }];
}

describe("what a template sends, beside what azurerm sends", () => {
  test("the recordings are those of the examples, and of one that sets everything", () => {
    expect(names).toEqual(["everything", "existing-accounts", "fleet", "minimal"]);
    for (const example of ["existing-accounts", "minimal"]) {
      expect({ $schema: expect.any(String), ...recording(example).config }).toEqual(
        readJson(`examples/${example}.json`),
      );
    }
    // What no template can hold is replaced: a self-signed certificate.
    const { listener, ...rest } = recording("fleet").config;
    expect(readJson("examples/fleet.json")).toMatchObject({ ...rest, protect: true });
    expect(listener).toHaveProperty("certificate.keyVaultId");
  });

  test.each(names)("%s: each resource, property by property", (name) => {
    const { config, requests } = recording(name);
    const wanted = new Map([...comparable(requests)].map(withoutSubnets));
    expect(comparable(sent(config))).toEqual(wanted);
  });
});

import { readFileSync } from "node:fs";
import { gatewayConfigJsonSchema } from "../../lib/config/json-schema.js";
import { changed, validConfig } from "../support/valid-config.js";

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

/** Whether a value has the form of a schema, by the keywords above: an editor's view of a file. */
function accepts(schema: Schema, value: unknown): boolean {
  if (schema.anyOf) return schema.anyOf.some((option) => accepts(option, value));
  if (schema.enum && !schema.enum.includes(value)) return false;
  switch (schema.type) {
    case "array":
      return Array.isArray(value) && value.every((item) => accepts(schema.items ?? {}, item));
    case "integer":
      return (
        Number.isInteger(value) &&
        (value as number) >= (schema.minimum ?? -Infinity) &&
        (value as number) <= (schema.maximum ?? Infinity)
      );
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value) && acceptsMembers(schema, value);
    default:
      return typeof value === schema.type;
  }
}

function acceptsMembers(
  { properties = {}, required = [], additionalProperties = true }: Schema,
  value: object,
): boolean {
  const rest: Schema | undefined = typeof additionalProperties === "object" ? additionalProperties : undefined;
  return (
    required.every((key) => Object.hasOwn(value, key)) &&
    Object.entries(value).every(([key, member]) => {
      const schema = properties[key] ?? rest;
      return schema ? accepts(schema, member) : additionalProperties === true;
    })
  );
}

const json = (file: string) => JSON.parse(readFileSync(file, "utf8")) as unknown;
const schema = gatewayConfigJsonSchema() as Schema;

test("gateway.config.schema.json is up to date; `npm run schema` writes it", () => {
  expect(json("gateway.config.schema.json")).toEqual(schema);
});

test.each(["gateway.config.json", "examples/minimal.json", "examples/existing-accounts.json", "examples/fleet.json"])(
  "an editor accepts %s",
  (file) => {
    expect(accepts(schema, json(file))).toBe(true);
  },
);

test("an editor accepts every field, and a single range in place of a list", () => {
  expect(accepts(schema, validConfig())).toBe(true);
  expect(accepts(schema, changed({ "network.addressSpace": "10.2.0.0/16" }))).toBe(true);
});

test.each([
  [{ name: undefined }],
  [{ zone: 1 }],
  [{ backends: {} }],
  [{ "backends[0].fqnd": "x" }],
  [{ "listener.protocol": "https" }],
  [{ "listener.port": 65_000 }],
  [{ "listener.port": "443" }],
  [{ "scale.minInstances": 1.5 }],
  [{ "tags.owner": 1 }],
  [{ "network.addressSpace": 1 }],
  [{ "state.azurerm.accessKey": "x" }],
])("an editor refuses %j", (changes) => {
  expect(accepts(schema, changed(changes))).toBe(false);
});

test("fields with a default are optional for an editor", () => {
  expect(schema.required).toEqual(["name", "location", "backends", "listener"]);
});

test("an editor can explain every number", () => {
  const numbers = (at: Schema): Schema[] => [
    ...(at.type === "integer" || at.type === "number" ? [at] : []),
    ...[...Object.values(at.properties ?? {}), ...(at.items ? [at.items] : [])].flatMap(numbers),
  ];
  const found = numbers(schema);
  expect(found).toHaveLength(22);
  for (const { type, minimum, maximum, description } of found) {
    expect([type, typeof minimum, typeof maximum, typeof description]).toEqual([
      "integer",
      "number",
      "number",
      "string",
    ]);
  }
});

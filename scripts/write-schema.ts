import { readFileSync, writeFileSync } from "node:fs";
import { gatewayConfigJsonSchema, trafficManagerJsonSchema } from "../lib/config/json-schema.js";
import { configurationPage } from "./configuration-page.js";

const SCHEMAS = [
  { file: "gateway.config.schema.json", page: "docs/configuration.md", schema: gatewayConfigJsonSchema() },
  { file: "traffic-manager.schema.json", page: "docs/several-gateways.md", schema: trafficManagerJsonSchema() },
];

for (const { file, page, schema } of SCHEMAS) {
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  writeFileSync(page, configurationPage(readFileSync(page, "utf8"), schema));
}

import { readFileSync, writeFileSync } from "node:fs";
import { gatewayConfigJsonSchema } from "../lib/config/json-schema.js";
import { configurationPage } from "./configuration-page.js";

const PAGE = "docs/configuration.md";
const schema = gatewayConfigJsonSchema();

writeFileSync("gateway.config.schema.json", `${JSON.stringify(schema, null, 2)}\n`);
writeFileSync(PAGE, configurationPage(readFileSync(PAGE, "utf8"), schema));

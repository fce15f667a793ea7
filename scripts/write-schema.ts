import { writeFileSync } from "node:fs";
import { gatewayConfigJsonSchema } from "../lib/config/json-schema.js";

writeFileSync("gateway.config.schema.json", `${JSON.stringify(gatewayConfigJsonSchema(), null, 2)}\n`);

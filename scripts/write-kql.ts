/** `npm run kql`: the queries of the workbook and of the alerts as files, for people and other tools. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { MONITORING_QUERIES } from "../lib/constructs/monitoring-queries.js";

const FOLDER = "docs/kql";

for (const file of readdirSync(FOLDER)) rmSync(`${FOLDER}/${file}`);
for (const [name, text] of MONITORING_QUERIES) writeFileSync(`${FOLDER}/${name}.kql`, `${text}\n`);

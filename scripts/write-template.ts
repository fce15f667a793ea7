import { mkdirSync, writeFileSync } from "node:fs";
import { deployTemplate } from "./deploy-template.js";

mkdirSync("infra", { recursive: true });
writeFileSync("infra/main.json", `${JSON.stringify(deployTemplate(), null, 2)}\n`);

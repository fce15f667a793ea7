/** `tsx scripts/install.ts FOLDER`: `npm ci` in a folder with a lock file of its own, where what is installed is not that. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { npm } from "./npm.js";

const folder = resolve(process.argv[2] ?? "");
const changed = (file: string) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (changed("package-lock.json") > changed("node_modules/.package-lock.json")) npm(["ci"], folder);

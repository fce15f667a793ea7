import { createRequire } from "node:module";
import { dirname } from "node:path";

const load = createRequire(__filename);
const MANIFEST = "aoai-kiss-lb/package.json";

/** Where this package is, installed or as a clone. */
export const PACKAGE_FOLDER = dirname(load.resolve(MANIFEST));

/** The version of this package. */
export function packageVersion(): string {
  return (load(MANIFEST) as { version: string }).version;
}

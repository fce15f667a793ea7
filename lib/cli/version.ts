import { createRequire } from "node:module";

/** The version of this package. */
export function packageVersion(): string {
  const { version } = createRequire(__filename)("aoai-kiss-lb/package.json") as { version: string };
  return version;
}

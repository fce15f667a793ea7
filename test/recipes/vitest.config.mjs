import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Runs the recipe where it is, from this folder's vitest and this repository's simulator. */
export default {
  root: path("../../examples/testing"),
  cacheDir: path("node_modules/.vite"),
  resolve: {
    alias: {
      "aoai-kiss-lb/simulator": path("../../lib/simulator/index.ts"),
      vitest: path("node_modules/vitest"),
    },
  },
  test: { include: ["vitest.test.ts"], testTimeout: 120_000 },
};

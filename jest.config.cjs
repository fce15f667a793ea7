const { availableParallelism } = require("node:os");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test", "<rootDir>/examples/testing"],
  // A machine under load is slow, not wrong.
  testTimeout: 120_000,
  // Half of the suites wait for sockets and child processes most of the time.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Of the recipes, the one for jest; the others are run by their own runners.
  testMatch: ["<rootDir>/test/**/*.test.ts", "<rootDir>/examples/testing/jest.test.ts"],
  // Its own command has the time for every combination: `npm run test:failures`.
  testPathIgnorePatterns: ["/node_modules/", "failure-table.test.ts"],
  moduleNameMapper: {
    "^(\\.{1,2}/.*)\\.js$": "$1",
    "^aoai-kiss-lb/(client|simulator)$": "<rootDir>/lib/$1/index.ts",
    "/stack-trace$": "<rootDir>/test/support/no-stack-trace.cjs",
  },
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
};

const { availableParallelism } = require("node:os");

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  // A machine under load is slow, not wrong.
  testTimeout: 120_000,
  // Half of the suites wait for sockets and child processes most of the time.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testMatch: ["**/*.test.ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1", "^aoai-kiss-lb/client$": "<rootDir>/lib/client/index.ts" },
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
};

const common = require("../../jest.config.cjs");

/** The tests of openai 6, run with openai 7 in its place. @type {import("jest").Config} */
module.exports = {
  ...common,
  rootDir: "../..",
  testMatch: ["<rootDir>/test/client/sdks.test.ts", "<rootDir>/test/simulator/fake-openai-agents.test.ts"],
  moduleNameMapper: { ...common.moduleNameMapper, "^openai$": "<rootDir>/test/openai-7/node_modules/openai" },
};

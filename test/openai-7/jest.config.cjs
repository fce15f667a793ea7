const common = require("../../jest.config.cjs");

/** The tests of the openai SDK, run with openai 7 in the place of 6. @type {import("jest").Config} */
module.exports = {
  ...common,
  rootDir: "../..",
  testMatch: [
    "**/test/client/{sdks,agents,agents-restart,agents-throttled}.test.ts",
    "**/test/simulator/fake-openai-agents.test.ts",
  ],
  moduleNameMapper: { ...common.moduleNameMapper, "^openai$": "<rootDir>/test/openai-7/node_modules/openai" },
};

/** What `npm test` does in small or leaves out, at the length that finds rare faults: `npm run test:soak`. */
process.env.SOAK = "1";

/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.cjs"),
  testTimeout: 600_000,
  testMatch: [
    "**/test/client/agents*.test.ts",
    "**/test/client/chaos.test.ts",
    "**/test/properties/*.test.ts",
    "**/test/simulator/fake-openai-bodies.test.ts",
    "**/test/simulator/failure-table.test.ts",
  ],
  testPathIgnorePatterns: ["/node_modules/"],
};

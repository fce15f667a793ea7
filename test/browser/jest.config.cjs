const config = require("../../jest.config.cjs");

/** @type {import("jest").Config} */
module.exports = {
  ...config,
  rootDir: "../..",
  roots: ["<rootDir>/test/browser"],
  testMatch: ["<rootDir>/test/browser/*.browser.ts"],
  maxWorkers: 1,
};

import { DEPLOYMENT_SKUS, deploymentCapacityProblem, nonEmptyProblem } from "../../lib/rules/openai.js";

test("the deployment types are those that the azurerm provider takes", () => {
  expect([...DEPLOYMENT_SKUS].sort()).toEqual([
    "DataZoneBatch",
    "DataZoneProvisionedManaged",
    "DataZoneStandard",
    "GlobalBatch",
    "GlobalProvisionedManaged",
    "GlobalStandard",
    "ProvisionedManaged",
    "Standard",
  ]);
});

test.each([0, -1, 1.5, 2 ** 31])("%d units are refused", (units) => {
  expect(deploymentCapacityProblem(units)).toBe(`${units} is not allowed; write a whole number from 1 to 2147483647`);
});

test.each([1, 50, 5_000_000])("%d units are taken", (units) => {
  expect(deploymentCapacityProblem(units)).toBeUndefined();
});

test.each(["", " ", "\t", " gpt-4o", "gpt-4o\n"])("%j is refused as a word", (word) => {
  expect(nonEmptyProblem(word)).toBe(
    `${JSON.stringify(word)} is empty, or has white space around it; write the value alone`,
  );
});

test.each(["gpt-4o", "2024-11-20", "two words"])("%j is taken as a word", (word) => {
  expect(nonEmptyProblem(word)).toBeUndefined();
});

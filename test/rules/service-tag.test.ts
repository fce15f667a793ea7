import { serviceTagProblem, serviceTagsProblem } from "../../lib/rules/service-tag.js";

test.each(["VirtualNetwork", "AzureFrontDoor.Backend", "AzureCloud.eastus", "Storage"])(
  "%s is a service tag",
  (tag) => {
    expect(serviceTagProblem(tag)).toBeUndefined();
  },
);

test.each([
  ["10.0.0.0/8", '"10.0.0.0/8" is not a service tag; write ranges in allowedClientCidrs'],
  ["*", '"*" is not a service tag; write one such as "VirtualNetwork" or "AzureFrontDoor.Backend"'],
])("%s is not", (tag, problem) => {
  expect(serviceTagProblem(tag)).toBe(problem);
});

test("each is listed once, in whatever case, and there are not too many", () => {
  expect(serviceTagsProblem(["Sql", "Storage"])).toBeUndefined();
  expect(serviceTagsProblem(["Sql", "SQL"])).toBe('"SQL" is listed twice; remove one');
  expect(serviceTagsProblem(Array.from({ length: 101 }, (_, at) => `Tag${at}`))).toBe(
    "101 service tags are too many; at most 100 are allowed",
  );
});

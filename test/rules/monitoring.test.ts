import {
  actionGroupShortName,
  emailProblem,
  percentProblem,
  retentionDaysProblem,
  webhookProblem,
  webhookWarning,
  workbookTagsProblem,
  workspaceName,
} from "../../lib/rules/monitoring.js";

test("every refusal says what is allowed and what to do, and none shows a webhook", () => {
  expect(retentionDaysProblem(29)).toBe("29 is not allowed; write a whole number of days from 30 to 730");
  expect(percentProblem(0)).toBe("0 is not allowed; write a whole number of percent from 1 to 100");
  expect(emailProblem("ops")).toBe('"ops" is not a mail address; write one such as "ops@contoso.com"');
  expect(webhookProblem("http://alerts.contoso.com")).toBe(
    'is not an https URL; write one such as "https://alerts.contoso.com/hook"',
  );
  expect(webhookProblem("https://user:pass@alerts.contoso.com")).toBe(
    "holds a password, which does not belong in this file; use an action group of your own, by its id",
  );
  expect(workbookTagsProblem({ "hidden-title": "x" })).toBe(
    '"hidden-title" is the title of the workbook for Azure; choose another name',
  );
  expect([emailProblem("ops@contoso.com"), webhookProblem("https://x.y/z"), workbookTagsProblem({ a: "b" })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  ["https://alerts.contoso.com/hook", false],
  ["https://alerts.contoso.com/hook?team=llm", false],
  ["https://prod.logic.azure.com/workflows/x/triggers/manual/paths/invoke?sig=abc", true],
  ["https://hooks.contoso.com/services/T0123/B0123/abcdefghijklmnopqrstuvwx", true],
])("whether %s seems to hold a secret: %s", (url, isSecret) => {
  const warning =
    "the URL seems to hold a secret, which Terraform keeps in its state; use an action group of your own, by its id";
  expect(webhookWarning(url)).toBe(isSecret ? warning : undefined);
});

test("names fit what Azure takes", () => {
  expect(workspaceName("my_llm-1")).toBe("log-my-llm-1");
  expect(actionGroupShortName("aoai-minimal-x")).toBe("aoai-minimal");
  expect(actionGroupShortName("eleven-char-more")).toBe("eleven-char");
});

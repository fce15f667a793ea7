import { parseConfig } from "../../lib/config/load-config.js";
import {
  emailProblem,
  percentProblem,
  responseSecondsProblem,
  retentionDaysProblem,
  webhookProblem,
  workbookTagsProblem,
} from "../../lib/rules/monitoring.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { excludedBy, tooFew } from "../../lib/rules/shape.js";
import { changed, GROUP_ID, testRefusals } from "../support/valid-config.js";

const WORKSPACE_ID = `${GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/log`;
const ACTION_GROUP_ID = `${GROUP_ID}/providers/Microsoft.Insights/actionGroups/ag`;
const THERE = excludedBy("actionGroupId", "whose receivers are where the group is created");

testRefusals({
  "the workspace": [
    [
      { monitoring: { workspaceId: "log" } },
      { "monitoring.workspaceId": resourceIdProblem(RESOURCE_TYPES.workspace)("log") },
    ],
    [
      { "monitoring.workspaceId": WORKSPACE_ID },
      { "monitoring.retentionDays": excludedBy("workspaceId", "whose retention is set where it is created") },
    ],
    [{ "monitoring.retentionDays": 29 }, { "monitoring.retentionDays": retentionDaysProblem(29) }],
    [{ "tags.hidden-title": "x" }, { tags: workbookTagsProblem({ "hidden-title": "x" }) }],
  ],
  alerts: [
    [
      { "monitoring.alerts.actionGroupId": ACTION_GROUP_ID },
      { "monitoring.alerts.emails": THERE, "monitoring.alerts.webhooks": THERE },
    ],
    [{ "monitoring.alerts.emails": ["ops"] }, { "monitoring.alerts.emails[0]": emailProblem("ops") }],
    [{ "monitoring.alerts.emails": [] }, { "monitoring.alerts.emails": tooFew(1) }],
    [{ "monitoring.alerts.webhooks": ["http://x"] }, { "monitoring.alerts.webhooks[0]": webhookProblem("http://x") }],
    [
      { "monitoring.alerts.serverErrorPercent": 0, "monitoring.alerts.throttledPercent": 101 },
      {
        "monitoring.alerts.serverErrorPercent": percentProblem(0),
        "monitoring.alerts.throttledPercent": percentProblem(101),
      },
    ],
    [{ "monitoring.alerts.capacityPercent": 0 }, { "monitoring.alerts.capacityPercent": percentProblem(0) }],
    [{ "monitoring.alerts.responseSeconds": 0 }, { "monitoring.alerts.responseSeconds": responseSecondsProblem(0) }],
  ],
});

test("a workspace is created, or used; alerts go to somebody, or nobody", () => {
  const parse = (monitoring: unknown) => parseConfig(changed({ monitoring })).monitoring;
  const thresholds = { serverErrorPercent: 5, throttledPercent: 10, responseSeconds: 60, capacityPercent: 75 };
  expect(parse({})).toEqual({ workspace: { kind: "new" } });
  expect(parse({ workspaceId: WORKSPACE_ID, alerts: {} })).toEqual({
    workspace: { kind: "existing", workspaceId: WORKSPACE_ID },
    alerts: { receivers: { kind: "nobody" }, ...thresholds },
  });
  expect(parse({ alerts: { actionGroupId: ACTION_GROUP_ID } })?.alerts?.receivers).toEqual({
    kind: "existing group",
    actionGroupId: ACTION_GROUP_ID,
  });
  expect(parse({ alerts: { emails: ["a@b.c"] } })?.alerts?.receivers).toEqual({
    kind: "new group",
    emails: ["a@b.c"],
    webhooks: [],
  });
});

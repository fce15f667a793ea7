import { z } from "zod";
import {
  DEFAULT_CAPACITY_PERCENT,
  DEFAULT_RESPONSE_SECONDS,
  DEFAULT_RETENTION_DAYS,
  DEFAULT_SERVER_ERROR_PERCENT,
  DEFAULT_THROTTLED_PERCENT,
  emailProblem,
  percentProblem,
  responseSecondsProblem,
  retentionDaysProblem,
  webhookProblem,
} from "../rules/monitoring.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { excludedBy } from "../rules/shape.js";
import { alternatives, range, text } from "./fields.js";

/** Where the gateway's logs go, and what is watched. */
export interface MonitoringConfig {
  readonly workspace: WorkspaceConfig;
  readonly alerts?: AlertsConfig;
}

export type WorkspaceConfig =
  | { readonly kind: "existing"; readonly workspaceId: string }
  | { readonly kind: "new"; readonly retentionDays?: number };

/** Who receives alerts. */
export type ReceiversConfig =
  | { readonly kind: "existing group"; readonly actionGroupId: string }
  | { readonly kind: "new group"; readonly emails: readonly string[]; readonly webhooks: readonly string[] }
  | { readonly kind: "nobody" };

export interface AlertsConfig {
  readonly receivers: ReceiversConfig;
  readonly serverErrorPercent: number;
  readonly throttledPercent: number;
  readonly responseSeconds: number;
  readonly capacityPercent: number;
}

const alertsSchema = alternatives(
  z.strictObject({
    actionGroupId: text(
      resourceIdProblem(RESOURCE_TYPES.actionGroup),
      "An existing action group; default: one is created for emails and webhooks",
    ).optional(),
    emails: z.array(text(emailProblem, "Mail address")).min(1).optional().describe("Who gets a mail; default: nobody"),
    webhooks: z
      .array(text(webhookProblem, "https URL"))
      .min(1)
      .optional()
      .describe("URLs that alerts are posted to, in the common alert schema; default: none"),
    serverErrorPercent: range(percentProblem, "Share of requests that end with a 5xx, over 15 minutes").default(
      DEFAULT_SERVER_ERROR_PERCENT,
    ),
    throttledPercent: range(
      percentProblem,
      "Share of its requests that a backend refuses with 429, over 15 minutes",
    ).default(DEFAULT_THROTTLED_PERCENT),
    responseSeconds: range(
      responseSecondsProblem,
      "Average time of backends to the last byte, over 15 minutes",
    ).default(DEFAULT_RESPONSE_SECONDS),
    capacityPercent: range(
      percentProblem,
      "Share of the capacity units of all instances that scale allows, over 15 minutes",
    ).default(DEFAULT_CAPACITY_PERCENT),
  }),
  ({ right, has }, add): AlertsConfig => {
    const { actionGroupId, emails = [], webhooks = [] } = right;
    if (has("actionGroupId")) {
      for (const key of (["emails", "webhooks"] as const).filter(has))
        add([key], excludedBy("actionGroupId", "whose receivers are where the group is created"));
    }
    const {
      serverErrorPercent = DEFAULT_SERVER_ERROR_PERCENT,
      throttledPercent = DEFAULT_THROTTLED_PERCENT,
      responseSeconds = DEFAULT_RESPONSE_SECONDS,
      capacityPercent = DEFAULT_CAPACITY_PERCENT,
    } = right;
    return {
      receivers: receivers(actionGroupId, emails, webhooks),
      serverErrorPercent,
      throttledPercent,
      responseSeconds,
      capacityPercent,
    };
  },
).meta({ description: "When alerts fire, and who is told; default: no alerts", examples: [{ emails: ["…"] }] });

function receivers(
  actionGroupId: string | undefined,
  emails: readonly string[],
  webhooks: readonly string[],
): ReceiversConfig {
  if (actionGroupId !== undefined) return { kind: "existing group", actionGroupId };
  return emails.length + webhooks.length === 0 ? { kind: "nobody" } : { kind: "new group", emails, webhooks };
}

export const monitoringSchema = alternatives(
  z.strictObject({
    workspaceId: text(
      resourceIdProblem(RESOURCE_TYPES.workspace),
      "An existing Log Analytics workspace; default: one is created",
    ).optional(),
    retentionDays: range(
      retentionDaysProblem,
      `How long the workspace that is created keeps logs; default: ${DEFAULT_RETENTION_DAYS}`,
    ).optional(),
    alerts: alertsSchema.optional(),
  }),
  ({ right: { workspaceId, retentionDays, alerts }, has }, add): MonitoringConfig => {
    if (has("workspaceId") && has("retentionDays"))
      add(["retentionDays"], excludedBy("workspaceId", "whose retention is set where it is created"));
    return {
      workspace: workspaceId === undefined ? { kind: "new", retentionDays } : { kind: "existing", workspaceId },
      alerts: alerts as AlertsConfig | undefined,
    };
  },
).meta({
  description: "Logs in a Log Analytics workspace, a workbook and alerts; default: none",
  examples: [{ alerts: { emails: ["ops@contoso.com"] } }],
});

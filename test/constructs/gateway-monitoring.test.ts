import { Lazy, type TerraformStack } from "cdktf";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MONITORING_QUERIES, WORKBOOK_QUERIES } from "../../lib/constructs/monitoring-queries.js";
import {
  AlertReceivers,
  Duration,
  GatewayMonitoring,
  type GatewayMonitoringProps,
  GatewayScale,
} from "../../lib/index.js";
import { instancesProblem } from "../../lib/rules/gateway.js";
import {
  emailProblem,
  NO_RECEIVERS_WARNING,
  percentProblem,
  responseSecondsProblem,
  retentionDaysProblem,
  webhookProblem,
  webhookWarning,
  workbookTagsProblem,
} from "../../lib/rules/monitoring.js";
import { RESOURCE_TYPES, resourceIdProblem } from "../../lib/rules/resource-id.js";
import { nameProblem } from "../../lib/rules/resource-name.js";
import { existingGateway, GATEWAY_ID, place } from "../support/application-gateway.js";
import { ROOT } from "../support/config.js";
import { loadBalancer, WORKSPACE_ID } from "../support/load-balancer.js";
import { refusal } from "../support/refusal.js";
import { blocks, makeStack, synth } from "../support/synth.js";

function monitoring(stack: TerraformStack, props: Partial<GatewayMonitoringProps> = {}): GatewayMonitoring {
  const gateway = props.gateway ?? existingGateway(stack);
  return new GatewayMonitoring(stack, "Monitoring", { name: "llm", ...place, ...props, gateway });
}

describe("GatewayMonitoring", () => {
  test("with all defaults", () => {
    expect(synth((stack) => monitoring(stack)).json["resource"]).toMatchSnapshot();
  });

  test("with everything set", () => {
    const props = {
      ...place,
      tags: { owner: "platform" },
      maxInstances: 10,
      retentionDays: 90,
      alerts: {
        receivers: AlertReceivers.newGroup({
          emails: ["ops@contoso.com"],
          webhooks: ["https://alerts.contoso.com/hook"],
        }),
        serverErrorPercent: 1,
        throttledPercent: 2,
        responseTime: Duration.seconds(30),
        capacityPercent: 60,
      },
    };
    const { json } = synth((stack) => monitoring(stack, props));
    expect({ ...json["resource"], azurerm_application_insights_workbook: {} }).toMatchSnapshot();
  });

  test("the workbook begins with the requests of each backend, and asks the gateway's own logs", () => {
    const workbook = synth((stack) => monitoring(stack)).one("azurerm_application_insights_workbook");
    const { items } = JSON.parse(String(workbook["data_json"])) as {
      items: { type: number; content: Record<string, unknown> }[];
    };
    const charts = items.filter(({ type }) => type === 3).map(({ content }) => content);
    expect(charts.map(({ query }) => query)).toEqual(WORKBOOK_QUERIES.map(({ text }) => text));
    expect(charts[0]).toMatchObject({ title: "Requests by backend", visualization: "timechart" });
    expect(charts[1]).toMatchObject({ title: expect.stringMatching(/^Evenness /) as string });
    expect(charts.every(({ crossComponentResources }) => String(crossComponentResources) === GATEWAY_ID)).toBe(true);
  });

  test("its queries are the files in docs/kql; npm run kql writes them", () => {
    const folder = join(ROOT, "docs/kql");
    const files = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")] as const);
    expect(Object.fromEntries(files)).toEqual(
      Object.fromEntries([...MONITORING_QUERIES].map(([name, text]) => [`${name}.kql`, `${text}\n`])),
    );
  });

  test("of a load balancer: the capacity that alerts go by is that of its instances", () => {
    const out = synth((stack) => loadBalancer(stack, { scale: GatewayScale.fixed(4), monitoring: { alerts: {} } }));
    const [gateway] = out.addresses("azurerm_application_gateway");
    const alerts = out.all("azurerm_monitor_metric_alert");
    const capacity = alerts.find(({ name }) => name === "alert-aoai-capacity");
    expect(blocks(capacity ?? {}, "criteria")[0]?.["threshold"]).toBe(30);
    for (const alert of [...alerts, ...out.all("azurerm_monitor_scheduled_query_rules_alert_v2")])
      expect(alert["scopes"]).toEqual([`\${${gateway}.id}`]);
    expect(out.one("azurerm_monitor_diagnostic_setting")).toMatchObject({
      target_resource_id: `\${${gateway}.id}`,
      log_analytics_destination_type: "Dedicated",
    });
  });

  test("an existing workspace is used, and none is created", () => {
    const out = synth((stack) =>
      monitoring(stack, { workspaceId: WORKSPACE_ID.replace("resourceGroups", "RESOURCEGROUPS") }),
    );
    expect(out.all("azurerm_log_analytics_workspace")).toEqual([]);
    expect(out.one("azurerm_monitor_diagnostic_setting")["log_analytics_workspace_id"]).toBe(WORKSPACE_ID);
  });

  test("names that a workspace or an action group would not take are made to fit", () => {
    const receivers = AlertReceivers.newGroup({ emails: ["ops@contoso.com"] });
    const out = synth((stack) => monitoring(stack, { name: "llm_of_the_team", alerts: { receivers } }));
    expect(out.one("azurerm_log_analytics_workspace")["name"]).toBe("log-llm-of-the-team");
    expect(out.one("azurerm_monitor_action_group")["short_name"]).toBe("llm_of_the_t");
  });

  test.each<[string, Partial<GatewayMonitoringProps>, string, string | undefined]>([
    ["a name", { name: "a-" }, "name", nameProblem("prefix")("a-")],
    ["instances", { maxInstances: 0 }, "maxInstances", instancesProblem(0)],
    ["a workspace", { workspaceId: "log" }, "workspaceId", resourceIdProblem(RESOURCE_TYPES.workspace)("log")],
    ["a retention", { retentionDays: 29 }, "retentionDays", retentionDaysProblem(29)],
    ["an existing workspace's", { workspaceId: WORKSPACE_ID, retentionDays: 30 }, "retentionDays", undefined],
    ["a tag", { tags: { "hidden-title": "x" } }, "tags", workbookTagsProblem({ "hidden-title": "x" })],
    ["a name known after apply", { name: Lazy.stringValue({ produce: () => "x" }) }, "workspaceId", undefined],
  ])("refuses %s", (_, props, prop, problem) => {
    expect(() => monitoring(makeStack(), props)).toThrow(refusal("stack/Monitoring", prop, problem));
  });

  const { newGroup, existing } = AlertReceivers;
  test.each<[NonNullable<GatewayMonitoringProps["alerts"]>, string, string | undefined]>([
    [{ serverErrorPercent: 0 }, "alerts.serverErrorPercent", percentProblem(0)],
    [{ throttledPercent: 101 }, "alerts.throttledPercent", percentProblem(101)],
    [{ capacityPercent: 0.5 }, "alerts.capacityPercent", percentProblem(0.5)],
    [{ responseTime: Duration.seconds(0) }, "alerts.responseTime", responseSecondsProblem(0)],
    [{ receivers: newGroup({}) }, "alerts.receivers", undefined],
    [{ receivers: newGroup({ emails: ["ops"] }) }, "alerts.emails", emailProblem("ops")],
    [{ receivers: newGroup({ webhooks: ["http://x"] }) }, "alerts.webhooks", webhookProblem("http://x")],
    [{ receivers: existing("ag") }, "alerts.actionGroupId", resourceIdProblem(RESOURCE_TYPES.actionGroup)("ag")],
  ])("refuses alerts: %j", (alerts, prop, problem) => {
    expect(() => monitoring(makeStack(), { alerts })).toThrow(refusal("stack/Monitoring/Alerts", prop, problem));
  });

  test("refuses a second one of the same name", () => {
    const stack = makeStack();
    const { gateway } = { gateway: existingGateway(stack) };
    monitoring(stack, { gateway });
    expect(() => new GatewayMonitoring(stack, "Other", { name: "llm", ...place, gateway })).toThrow(
      refusal("stack/Other", "name"),
    );
  });

  test("warns of alerts that go to nobody, and of a webhook that holds a secret", () => {
    expect(synth((stack) => monitoring(stack, { alerts: {} })).warnings).toEqual([`alerts.${NO_RECEIVERS_WARNING}`]);
    const secret = "https://hooks.contoso.com/services/T0123/B0123/abcdefghijklmnopqrstuvwx";
    const alerts = { receivers: newGroup({ webhooks: [secret, "https://alerts.contoso.com/hook"] }) };
    const { warnings } = synth((stack) => monitoring(stack, { alerts }));
    expect(warnings).toEqual([`alerts.webhooks: ${webhookWarning(secret)}`]);
    expect(warnings.join()).not.toContain("T0123");
  });
});

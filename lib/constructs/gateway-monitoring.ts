import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
import { Token } from "cdktf";
import { Construct } from "constructs";
import {
  DEFAULT_RETENTION_DAYS,
  retentionDaysProblem,
  workbookTagsProblem,
  workspaceName,
} from "../rules/monitoring.js";
import { instancesProblem } from "../rules/gateway.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { type IApplicationGateway } from "./application-gateway.js";
import { claimName } from "./claimed-name.js";
import { GatewayAlerts, type GatewayAlertsOptions } from "./gateway-alerts.js";
import { gatewayWorkbook } from "./gateway-workbook.js";
import { type Placement, placement } from "./placement.js";
import { checkedResourceId, validate, ValidationError } from "./validation.js";

/** What can be chosen about a gateway's monitoring. */
export interface GatewayMonitoringOptions {
  /**
   * An existing Log Analytics workspace, of any region.
   *
   * @default - one is created, `log-<name>`
   */
  readonly workspaceId?: string;
  /**
   * Days for which the workspace that is created keeps logs; 30 to 730.
   *
   * @default 30
   */
  readonly retentionDays?: number;
  /**
   * When alerts fire, and who is told.
   *
   * @default - no alerts
   */
  readonly alerts?: GatewayAlertsOptions;
}

/** Props of {@link GatewayMonitoring}. */
export interface GatewayMonitoringProps extends Placement, GatewayMonitoringOptions {
  /** Prefix of the names: `log-<name>`, `ag-<name>`, `alert-<name>-…`; 1 to 59 characters. */
  readonly name: string;
  /** What is watched. */
  readonly gateway: IApplicationGateway;
  /**
   * The most instances that the gateway runs, 1 to 125, of which the alert of the capacity is a share.
   *
   * @default - no alert of the capacity
   */
  readonly maxInstances?: number;
}

/**
 * What a platform team sees of a gateway: its logs and metrics in a workspace, a workbook that begins with the requests of each
 * backend, and alerts.
 *
 * @see https://learn.microsoft.com/azure/application-gateway/monitor-application-gateway
 */
export class GatewayMonitoring extends Construct {
  /** The Azure resource id of the workspace. */
  readonly workspaceId: string;
  /** The Azure resource id of the workbook. */
  readonly workbookId: string;
  /**
   * Belongs to the gateway for Azure: a lock on that keeps it from being deleted.
   *
   * @internal
   */
  readonly _diagnostics: MonitorDiagnosticSetting;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(scope: Construct, id: string, props: GatewayMonitoringProps) {
    super(scope, id);
    const { name, maxInstances, alerts } = props;
    const { gatewayId } = props.gateway;
    const place = placement(this, props);
    validate(this, "name", name, nameProblem("prefix"));
    validate(this, "maxInstances", maxInstances, instancesProblem);
    validate(this, "tags", place.tags, workbookTagsProblem);

    this.workspaceId = this.workspace(props, place);
    this._diagnostics = new MonitorDiagnosticSetting(this, "Diagnostics", {
      name: `diag-${name}`,
      targetResourceId: gatewayId,
      logAnalyticsWorkspaceId: this.workspaceId,
      // Tables of their own, AGWAccessLogs and AGWFirewallLogs, not the one that all services share.
      logAnalyticsDestinationType: "Dedicated",
      enabledLog: [{ category: "ApplicationGatewayAccessLog" }, { category: "ApplicationGatewayFirewallLog" }],
      enabledMetric: [{ category: "AllMetrics" }],
    });
    this.workbookId = gatewayWorkbook(this, "Workbook", { name, gatewayId, ...place }).id;
    if (alerts) new GatewayAlerts(this, "Alerts", { ...alerts, ...place, name, gatewayId, maxInstances });
  }

  private workspace({ name, workspaceId, retentionDays }: GatewayMonitoringProps, place: Placement): string {
    if (workspaceId !== undefined) {
      if (retentionDays !== undefined)
        throw new ValidationError(
          this,
          "retentionDays: an existing workspace has its own; leave it out, or leave workspaceId out",
        );
      return checkedResourceId(this, "workspaceId", workspaceId, RESOURCE_TYPES.workspace);
    }
    validate(this, "retentionDays", retentionDays, retentionDaysProblem);
    if (Token.isUnresolved(name))
      throw new ValidationError(this, "workspaceId: has no default where the name is known only after apply; set it");
    claimName(this, "workspace", workspaceName(name), place.resourceGroupName);
    return new LogAnalyticsWorkspace(this, "Workspace", {
      name: workspaceName(name),
      ...place,
      sku: "PerGB2018",
      retentionInDays: retentionDays ?? DEFAULT_RETENTION_DAYS,
    }).id;
  }
}

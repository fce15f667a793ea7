import { MonitorMetricAlert, type MonitorMetricAlertCriteria } from "@cdktf/provider-azurerm/lib/monitor-metric-alert";
import {
  MonitorScheduledQueryRulesAlertV2,
  type MonitorScheduledQueryRulesAlertV2Criteria,
} from "@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2";
import { Construct } from "constructs";
import {
  CAPACITY_UNITS_PER_INSTANCE,
  DEFAULT_CAPACITY_PERCENT,
  DEFAULT_RESPONSE_SECONDS,
  DEFAULT_SERVER_ERROR_PERCENT,
  DEFAULT_THROTTLED_PERCENT,
  NO_RECEIVERS_WARNING,
  percentProblem,
  responseSecondsProblem,
} from "../rules/monitoring.js";
import { Duration } from "../duration.js";
import { type AlertReceivers } from "./alert-receivers.js";
import { claimName } from "./claimed-name.js";
import { SERVER_ERRORS_QUERY, THROTTLED_QUERY } from "./monitoring-queries.js";
import { type Placement } from "./placement.js";
import { secondsOf, validate } from "./validation.js";
import { warn } from "./warning.js";

const GATEWAY_NAMESPACE = "Microsoft.Network/applicationGateways";

/** When alerts fire, and who is told. */
export interface GatewayAlertsOptions {
  /**
   * Who is told.
   *
   * @default - nobody: alerts are seen in the portal
   */
  readonly receivers?: AlertReceivers;
  /**
   * The share of requests that end with a 5xx, in percent over 15 minutes; 1 to 100.
   *
   * @default 5
   */
  readonly serverErrorPercent?: number;
  /**
   * The share of its requests that a backend refuses with 429, in percent over 15 minutes; 1 to 100.
   *
   * @default 10
   */
  readonly throttledPercent?: number;
  /**
   * The average time that backends take to their last byte, over 15 minutes; whole seconds, 1 to 86400.
   *
   * @default Duration.seconds(60)
   */
  readonly responseTime?: Duration;
  /**
   * The share of the capacity units that the most instances carry, in percent over 15 minutes; 1 to 100.
   *
   * @default 75
   */
  readonly capacityPercent?: number;
}

/**
 * What alerts take from the monitoring that they are part of.
 * @internal
 */
export interface GatewayAlertsProps extends Placement, GatewayAlertsOptions {
  /** Prefix of the alerts' names. */
  readonly name: string;
  /** What they watch. */
  readonly gatewayId: string;
  /** Without it there is no alert of the capacity. */
  readonly maxInstances: number | undefined;
}

/**
 * Alerts of a gateway: by metrics where they tell, and by queries over the access log where they do not.
 * @internal
 */
export class GatewayAlerts extends Construct {
  private readonly actionGroupId: string | undefined;

  /** @throws ValidationError for anything that Azure would refuse. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: GatewayAlertsProps,
  ) {
    super(scope, id);
    const { name, resourceGroupName, tags, maxInstances } = props;
    const {
      serverErrorPercent = DEFAULT_SERVER_ERROR_PERCENT,
      throttledPercent = DEFAULT_THROTTLED_PERCENT,
      responseTime = Duration.seconds(DEFAULT_RESPONSE_SECONDS),
      capacityPercent = DEFAULT_CAPACITY_PERCENT,
    } = props;
    validate(this, "alerts.serverErrorPercent", serverErrorPercent, percentProblem);
    validate(this, "alerts.throttledPercent", throttledPercent, percentProblem);
    const responseSeconds = secondsOf(this, "alerts.responseTime", responseTime, responseSecondsProblem);
    validate(this, "alerts.capacityPercent", capacityPercent, percentProblem);
    this.actionGroupId = props.receivers?._bind(this, { name, resourceGroupName, tags });
    if (!props.receivers) warn(this, `alerts.${NO_RECEIVERS_WARNING}`);

    this.metricAlert("UnhealthyHosts", "unhealthy-hosts", "Backends fail their probe and get no requests", 1, {
      metricName: "UnhealthyHostCount",
      aggregation: "Average",
      operator: "GreaterThan",
      threshold: 0,
      dimension: [{ name: "BackendSettingsPool", operator: "Include", values: ["*"] }],
    });
    this.metricAlert("ResponseTime", "response-time", "Backends take long on average", 2, {
      metricName: "BackendLastByteResponseTime",
      aggregation: "Average",
      operator: "GreaterThan",
      threshold: responseSeconds * 1_000,
    });
    if (maxInstances !== undefined) {
      this.metricAlert("Capacity", "capacity", "The gateway comes near the load that its instances carry", 2, {
        metricName: "CapacityUnits",
        aggregation: "Average",
        operator: "GreaterThan",
        threshold: (maxInstances * CAPACITY_UNITS_PER_INSTANCE * capacityPercent) / 100,
      });
    }
    this.queryAlert("ServerErrors", "server-errors", "Requests end with a 5xx", 1, {
      query: SERVER_ERRORS_QUERY,
      threshold: serverErrorPercent,
    });
    this.queryAlert("Throttled", "throttled", "A backend refuses requests with 429", 2, {
      query: THROTTLED_QUERY,
      threshold: throttledPercent,
      dimension: [{ name: "Backend", operator: "Include", values: ["*"] }],
    });
  }

  private metricAlert(
    id: string,
    what: string,
    description: string,
    severity: number,
    criteria: Omit<MonitorMetricAlertCriteria, "metricNamespace">,
  ): void {
    const { gatewayId, resourceGroupName, tags } = this.props;
    new MonitorMetricAlert(this, id, {
      name: this.nameOf(what),
      resourceGroupName,
      tags,
      description,
      severity,
      scopes: [gatewayId],
      frequency: "PT5M",
      windowSize: "PT15M",
      criteria: [{ metricNamespace: GATEWAY_NAMESPACE, ...criteria }],
      ...(this.actionGroupId !== undefined && { action: [{ actionGroupId: this.actionGroupId }] }),
    });
  }

  private queryAlert(
    id: string,
    what: string,
    description: string,
    severity: number,
    criteria: Pick<MonitorScheduledQueryRulesAlertV2Criteria, "query" | "threshold" | "dimension">,
  ): void {
    const { gatewayId, location, resourceGroupName, tags } = this.props;
    new MonitorScheduledQueryRulesAlertV2(this, id, {
      name: this.nameOf(what),
      location,
      resourceGroupName,
      tags,
      description,
      severity,
      scopes: [gatewayId],
      evaluationFrequency: "PT5M",
      windowDuration: "PT15M",
      autoMitigationEnabled: true,
      // A new gateway has no rows yet, and a table without rows would be refused as unknown.
      skipQueryValidation: true,
      criteria: [
        {
          metricMeasureColumn: "Percent",
          timeAggregationMethod: "Maximum",
          operator: "GreaterThan",
          ...criteria,
        },
      ],
      ...(this.actionGroupId !== undefined && { action: { actionGroups: [this.actionGroupId] } }),
    });
  }

  private nameOf(what: string): string {
    const name = `alert-${this.props.name}-${what}`;
    claimName(this, "alert", name, this.props.resourceGroupName);
    return name;
  }
}

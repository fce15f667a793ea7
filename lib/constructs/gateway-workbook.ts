import { ApplicationInsightsWorkbook } from "@cdktf/provider-azurerm/lib/application-insights-workbook";
import { Fn } from "cdktf";
import { type Construct } from "constructs";
import { type Placement } from "./placement.js";
import { type MonitoringQuery, WORKBOOK_QUERIES } from "./monitoring-queries.js";

const GATEWAY_TYPE = "microsoft.network/applicationgateways";
const HOUR_IN_MILLISECONDS = 3_600_000;
/** The time ranges that can be chosen; the second is shown at first. */
const HOURS = [1, 24, 168, 720];

/** A workbook over one gateway's logs. */
export function gatewayWorkbook(
  scope: Construct,
  id: string,
  { name, gatewayId, ...place }: Placement & { readonly name: string; readonly gatewayId: string },
): ApplicationInsightsWorkbook {
  return new ApplicationInsightsWorkbook(scope, id, {
    // A name has to be a UUID: the same for the same workbook.
    name: Fn.uuidv5("url", ["workbook", place.resourceGroupName, name].join("|")),
    ...place,
    displayName: `${name}: requests by backend`,
    // Makes it one of the gateway's own in the portal. The provider takes lower case only.
    sourceId: Fn.lower(gatewayId),
    dataJson: JSON.stringify(content(name, gatewayId)),
  });
}

/** @see https://github.com/microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json */
function content(name: string, gatewayId: string): object {
  return {
    version: "Notebook/1.0",
    items: [
      { type: 1, content: { json: `## ${name}: who served the requests` }, name: "title" },
      timeRange(),
      ...WORKBOOK_QUERIES.map((query) => chart(query, gatewayId)),
    ],
    fallbackResourceIds: [gatewayId],
    $schema: "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
  };
}

function timeRange(): object {
  const durations = HOURS.map((hours) => ({ durationMs: hours * HOUR_IN_MILLISECONDS }));
  const parameter = {
    id: "6f2b1d4e-3f0a-4f5e-9c37-0d6b8b6a7c11",
    version: "KqlParameterItem/1.0",
    name: "TimeRange",
    label: "Time range",
    type: 4,
    isRequired: true,
    value: durations[1],
    typeSettings: { selectableValues: durations, allowCustom: true },
  };
  return {
    type: 9,
    content: { version: "KqlParameterItem/1.0", parameters: [parameter], style: "pills", queryType: 0 },
    name: "parameters",
  };
}

/** The gateway as the query's scope: it sees this gateway's rows, whichever workspace they are in. */
function chart({ name, title, text, visualization }: MonitoringQuery, gatewayId: string): object {
  return {
    type: 3,
    content: {
      version: "KqlItem/1.0",
      query: text,
      size: 0,
      title,
      noDataMessage: "Nothing in this time",
      timeContextFromParameter: "TimeRange",
      queryType: 0,
      resourceType: GATEWAY_TYPE,
      crossComponentResources: [gatewayId],
      visualization,
    },
    name,
  };
}

import { MonitorActionGroup } from "@cdktf/provider-azurerm/lib/monitor-action-group";
import { Token } from "cdktf";
import { type Construct } from "constructs";
import { actionGroupShortName, emailProblem, webhookProblem, webhookWarning } from "../rules/monitoring.js";
import { RESOURCE_TYPES } from "../rules/resource-id.js";
import { claimName } from "./claimed-name.js";
import { type Placement } from "./placement.js";
import { checkedResourceId, validateAll, ValidationError } from "./validation.js";
import { warn } from "./warning.js";

/** Props of {@link AlertReceivers.newGroup}. */
export interface NewActionGroupProps {
  /**
   * Mail addresses.
   *
   * @default - none
   */
  readonly emails?: readonly string[];
  /**
   * https URLs that alerts are posted to, in the common alert schema. One that holds a secret belongs to a group of your own.
   *
   * @default - none
   */
  readonly webhooks?: readonly string[];
}

/**
 * What a group takes from the monitoring that it is for.
 * @internal
 */
export interface AlertReceiversContext extends Omit<Placement, "location"> {
  /** Prefix of the group's name. */
  readonly name: string;
}

/** Who receives alerts. */
export abstract class AlertReceivers {
  /** An existing action group, by its Azure resource id. */
  static existing(actionGroupId: string): AlertReceivers {
    return new ExistingGroup(actionGroupId);
  }

  /** An action group that is created, `ag-<name>`. */
  static newGroup(props: NewActionGroupProps): AlertReceivers {
    return new NewGroup(props);
  }

  /** Exists in the type only: without it, any object would be assignable to the published type. */
  declare protected readonly nominal: true;

  /**
   * The id of the action group.
   * @throws ValidationError for anything that Azure would refuse.
   * @internal
   */
  abstract _bind(scope: Construct, context: AlertReceiversContext): string;
}

class ExistingGroup extends AlertReceivers {
  constructor(private readonly actionGroupId: string) {
    super();
  }

  _bind(scope: Construct): string {
    return checkedResourceId(scope, "alerts.actionGroupId", this.actionGroupId, RESOURCE_TYPES.actionGroup);
  }
}

class NewGroup extends AlertReceivers {
  constructor(private readonly props: NewActionGroupProps) {
    super();
  }

  _bind(scope: Construct, { name, ...place }: AlertReceiversContext): string {
    const { emails = [], webhooks = [] } = this.props;
    if (emails.length + webhooks.length === 0)
      throw new ValidationError(scope, "alerts.receivers: has neither emails nor webhooks; name at least one");
    validateAll(scope, "alerts.emails", emails, emailProblem);
    validateAll(scope, "alerts.webhooks", webhooks, webhookProblem);
    for (const url of webhooks) {
      const warning = Token.isUnresolved(url) ? undefined : webhookWarning(url);
      if (warning) warn(scope, `alerts.webhooks: ${warning}`);
    }
    claimName(scope, "action group", `ag-${name}`, place.resourceGroupName);
    return new MonitorActionGroup(scope, "ActionGroup", {
      name: `ag-${name}`,
      ...place,
      shortName: actionGroupShortName(name),
      ...(emails.length > 0 && {
        emailReceiver: emails.map((emailAddress, at) => ({
          name: `email-${at + 1}`,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      }),
      ...(webhooks.length > 0 && {
        webhookReceiver: webhooks.map((serviceUri, at) => ({
          name: `webhook-${at + 1}`,
          serviceUri,
          useCommonAlertSchema: true,
        })),
      }),
    }).id;
  }
}

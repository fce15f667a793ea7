import { type Problem, quote, type Rule, wholeNumber } from "./problem.js";

/** Days for which a workspace keeps logs. */
export const retentionDaysProblem = wholeNumber(30, 730, "days");
export const DEFAULT_RETENTION_DAYS = 30;

/** A share of requests, or of the capacity, above which an alert fires. */
export const percentProblem = wholeNumber(1, 100, "percent");
export const responseSecondsProblem = wholeNumber(1, 86_400, "seconds");

export const DEFAULT_SERVER_ERROR_PERCENT = 5;
export const DEFAULT_THROTTLED_PERCENT = 10;
/** A long response is nothing unusual for a model, so that the average has to be long. */
export const DEFAULT_RESPONSE_SECONDS = 60;
/** Azure's own advice: scaling out takes minutes, and quota of instances may have to be asked for. */
export const DEFAULT_CAPACITY_PERCENT = 75;
/**
 * Capacity units that one instance carries.
 * @see https://learn.microsoft.com/azure/application-gateway/understanding-pricing#instance-count
 */
export const CAPACITY_UNITS_PER_INSTANCE = 10;

/** An address that alerts are mailed to. */
export function emailProblem(value: string): Problem {
  if (/^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/.test(value)) return undefined;
  return `${quote(value)} is not a mail address; write one such as "ops@contoso.com"`;
}

/** A URL that alerts are posted to. It is not shown: it may hold a secret. */
export const webhookProblem: Rule<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "https:") return 'is not an https URL; write one such as "https://alerts.contoso.com/hook"';
  if (url.username !== "" || url.password !== "")
    return "holds a password, which does not belong in this file; use an action group of your own, by its id";
  return undefined;
};

/** A webhook whose URL is most likely a credential: whoever has it can post. */
export function webhookWarning(value: string): string | undefined {
  const { search, pathname } = new URL(value);
  const isSecret = /(sig|key|token|code|secret)=/i.test(search) || /\/[\w-]{20,}(\/|$)/.test(pathname);
  return isSecret
    ? "the URL seems to hold a secret, which Terraform keeps in its state; use an action group of your own, by its id"
    : undefined;
}

/** Receivers without which an alert is seen in the portal only. */
export const NO_RECEIVERS_WARNING = "receivers: alerts go to nobody, and are seen in the portal only; name somebody";

/** A tag that Azure keeps for itself on the workbook. */
export function workbookTagsProblem(tags: Readonly<Record<string, string>>): Problem {
  return Object.hasOwn(tags, "hidden-title")
    ? '"hidden-title" is the title of the workbook for Azure; choose another name'
    : undefined;
}

/** A name of a workspace: the prefix may have underscores, which a workspace may not. */
export function workspaceName(prefix: string): string {
  return `log-${prefix.replaceAll("_", "-")}`;
}

/** At most 12 characters, which stand in messages for the group. */
export function actionGroupShortName(prefix: string): string {
  return prefix.slice(0, 12).replace(/[-_]+$/, "");
}

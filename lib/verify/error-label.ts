/**
 * What to call an error in a report: its `code` or that of its cause, as Node gives them (`ECONNREFUSED`), or else the
 * message of what is behind it. Errors of any realm, so no `instanceof`.
 */
export function errorLabel(error: unknown): string {
  const cause = property(error, "cause");
  const labels = [
    property(error, "code"),
    property(cause, "code"),
    property(cause, "message"),
    property(error, "message"),
  ];
  return labels.find((label): label is string => typeof label === "string" && label !== "") ?? "ERROR";
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

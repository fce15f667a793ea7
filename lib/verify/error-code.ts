/** `code` of an error or of its cause, as Node gives them: `ECONNREFUSED`. Errors of any realm, so no `instanceof`. */
export function errorCode(error: unknown): string | undefined {
  const code = property(error, "code") ?? property(property(error, "cause"), "code");
  return typeof code === "string" ? code : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

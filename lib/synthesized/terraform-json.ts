export type JsonObject = Readonly<Record<string, unknown>>;

/** A resource or data source, its arguments as the file has them. */
export interface TerraformResource {
  /** `azurerm_public_ip.main`, `data.azurerm_cognitive_account.east`, `module.gateway.azurerm_public_ip.main`. */
  readonly address: string;
  readonly type: string;
  readonly body: JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Terraform JSON lets a block be one object or an array of them; comments (`//`) are dropped. */
export function objects(value: unknown): JsonObject[] {
  return (Array.isArray(value) ? value : [value])
    .filter(isObject)
    .map((block) => Object.fromEntries(Object.entries(block).filter(([name]) => name !== "//")));
}

export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

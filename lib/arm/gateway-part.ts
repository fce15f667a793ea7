import { type Target, type Text, type Value } from "./expression.js";

/** `{ id }` of a part of the gateway; undefined if it has no name. */
export type GatewayPart = (type: string, name: Text | undefined) => Value;

export function part(gateway: Target, type: string, name: Text | undefined): Value {
  return name && { id: { kind: "id", of: gateway, child: [type, name] } };
}

import { z } from "zod";
import { nameProblem } from "../rules/resource-name.js";
import { notExactlyOne } from "../rules/shape.js";
import { alternatives, text } from "./fields.js";

/** A resource group that things are created in. */
export interface ResourceGroupConfig {
  readonly kind: "new" | "existing";
  readonly name: string;
}

export const resourceGroupSchema = alternatives(
  z.strictObject({
    name: text(nameProblem("resourceGroup"), "A group to create").optional(),
    existing: text(nameProblem("resourceGroup"), "A group that exists").optional(),
  }),
  ({ right: { name, existing }, has }, add): ResourceGroupConfig | undefined => {
    const keys = ["name", "existing"] as const;
    const given = keys.filter(has);
    if (given.length !== 1)
      add([], notExactlyOne(keys, given, 'write { "name": "…" } to create a group, { "existing": "…" } to use one'));
    if (name !== undefined) return { kind: "new", name };
    return existing === undefined ? undefined : { kind: "existing", name: existing };
  },
);

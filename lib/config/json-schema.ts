import { z } from "zod";
import { gatewayConfigSchema } from "./gateway-config.js";

/** The configuration's JSON Schema, which editors complete and check with. */
export function gatewayConfigJsonSchema(): object {
  // Draft 7 is what editors know best.
  return z.toJSONSchema(gatewayConfigSchema, { io: "input", target: "draft-7" });
}

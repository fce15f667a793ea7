import { z } from "zod";
import { gatewayConfigSchema } from "./gateway-config.js";
import { trafficManagerSchema } from "./traffic-manager-config.js";

/** The configuration's JSON Schema, which editors complete and check with. */
export function gatewayConfigJsonSchema(): object {
  return jsonSchema(gatewayConfigSchema);
}

/** The same for the Traffic Manager in front of several gateways. */
export function trafficManagerJsonSchema(): object {
  return jsonSchema(trafficManagerSchema);
}

function jsonSchema(schema: z.ZodType): object {
  // Draft 7 is what editors know best.
  return z.toJSONSchema(schema, { io: "input", target: "draft-7" });
}

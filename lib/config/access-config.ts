import { z } from "zod";
import { DEFAULT_CLIENT_IDENTITY, DEFAULT_FOUNDRY_ROUTES } from "../rules/defaults.js";
import { samePrincipalProblem } from "../rules/pool.js";
import { principalIdProblem, RESOURCE_TYPES, resourceIdProblem } from "../rules/resource-id.js";
import { refuseRepeated, relatedMembers, text } from "./fields.js";

const principalSchema = z
  .strictObject({
    id: text(principalIdProblem, "Object id of the user, group or service principal"),
    type: z
      .enum(["User", "Group", "ServicePrincipal"])
      .describe("What the principal is; a managed identity is a ServicePrincipal"),
  })
  .meta({ examples: [{ id: "00000000-0000-0000-0000-000000000000", type: "ServicePrincipal" }] });

const principalsSchema = relatedMembers(z.array(principalSchema), (principals, add) => {
  refuseRepeated(principals, ({ id }) => ({ value: id.toLowerCase(), field: ["id"] }), samePrincipalProblem, add);
});

export const accessSchema = z
  .strictObject({
    clientIdentity: z
      .boolean()
      .default(DEFAULT_CLIENT_IDENTITY)
      .describe("Whether a user-assigned identity for callers is created"),
    foundryRoutes: z
      .boolean()
      .default(DEFAULT_FOUNDRY_ROUTES)
      .describe(
        "Whether callers may call the other routes of Foundry accounts too, by the role Cognitive Services User",
      ),
    principals: principalsSchema.default([]).describe("Who else may call the models"),
  })
  .meta({
    description: "Who gets the role Cognitive Services OpenAI User on every account",
    examples: [{ clientIdentity: false }],
  });

/** An existing identity that reads the listener's certificate. */
export const gatewayIdentitySchema = z
  .strictObject({
    identityId: text(resourceIdProblem(RESOURCE_TYPES.identity), "Azure resource id of the user-assigned identity"),
    principalId: text(principalIdProblem, "Object id of its service principal"),
  })
  .meta({
    description: "An existing identity that reads the listener's certificate; default: one is created",
    examples: [{ identityId: "…", principalId: "…" }],
  });

import { z } from "zod";
import { nonEmptyProblem } from "../rules/openai.js";
import { guidProblem } from "../rules/resource-id.js";
import { nameProblem } from "../rules/resource-name.js";
import { text } from "./fields.js";

/** @see https://github.com/hashicorp/go-azure-sdk/blob/main/sdk/environments/from_name.go */
const CLOUDS = ["public", "global", "usgovernment", "usgovernmentl4", "usgovernmentl5", "dod", "china"] as const;

/**
 * Settings of Terraform's azurerm backend, except those that hold secrets, which Terraform reads from the environment.
 * @see https://developer.hashicorp.com/terraform/language/backend/azurerm
 */
export const stateSchema = z
  .strictObject({
    azurerm: z
      .strictObject({
        resourceGroupName: text(nameProblem("resourceGroup"), "Resource group of the storage account").optional(),
        storageAccountName: text(nameProblem("storageAccount"), "Storage account"),
        containerName: text(nameProblem("storageContainer"), "Container"),
        key: text(nonEmptyProblem, "Name of the state's blob"),
        subscriptionId: text(guidProblem, "Subscription of the storage account").optional(),
        tenantId: text(guidProblem, "Tenant of the storage account").optional(),
        clientId: text(guidProblem, "Application that reads and writes the state").optional(),
        environment: z.enum(CLOUDS).optional().describe("Azure cloud; default: public"),
        metadataHost: text(nonEmptyProblem, "Host name of the metadata service").optional(),
        msiEndpoint: text(nonEmptyProblem, "Endpoint of the managed identity service").optional(),
        oidcTokenFilePath: text(nonEmptyProblem, "File that holds the OIDC token").optional(),
        snapshot: z
          .boolean()
          .optional()
          .describe("Whether a snapshot of the blob is taken before the state is written"),
        useMsi: z.boolean().optional().describe("Sign in with the machine's managed identity"),
        useOidc: z.boolean().optional().describe("Sign in with an OIDC token"),
        useAzureadAuth: z.boolean().optional().describe("Entra tokens instead of storage keys"),
      })

      .meta({
        description: "A blob in an Azure storage account",
        examples: [{ storageAccountName: "…", containerName: "…", key: "gateway.tfstate" }],
      }),
  })
  .meta({
    description: "Where Terraform keeps its state; default: a local file",
    examples: [{ azurerm: { storageAccountName: "…", containerName: "…", key: "gateway.tfstate" } }],
  });

/** Environment variables that hold what the file must not. */
export const STATE_SECRETS: ReadonlyMap<string, string> = new Map([
  ["accessKey", "ARM_ACCESS_KEY"],
  ["sasToken", "ARM_SAS_TOKEN"],
  ["clientSecret", "ARM_CLIENT_SECRET"],
  ["clientCertificate", "ARM_CLIENT_CERTIFICATE"],
  ["clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD"],
  ["oidcToken", "ARM_OIDC_TOKEN"],
  ["oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN"],
]);

/**
 * Names that Terraform deprecated, with those that took their place.
 * @see https://github.com/hashicorp/terraform/blob/main/internal/backend/remote-state/azure/backend.go
 */
export const RENAMED_STATE_KEYS: ReadonlyMap<string, string> = new Map([["endpoint", "msiEndpoint"]]);

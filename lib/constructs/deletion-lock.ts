import { ManagementLock } from "@cdktf/provider-azurerm/lib/management-lock";
import { type TerraformProvider } from "cdktf";
import { type Construct } from "constructs";

/**
 * Keeps a resource from being deleted, by whomever, until the lock is deleted.
 *
 * What is inside the resource cannot be deleted either, so a lock waits for all of it: Terraform then deletes the lock first.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export function deletionLock(scope: Construct, id: string, resourceId: string, provider?: TerraformProvider) {
  return new ManagementLock(scope, id, {
    name: "do-not-delete",
    scope: resourceId,
    lockLevel: "CanNotDelete",
    notes: "Set deletionLock to false and deploy before this is deleted.",
    ...(provider && { provider }),
  });
}

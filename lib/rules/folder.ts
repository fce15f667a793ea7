import { quote } from "./problem.js";

/** What gateways of one folder may not share, as messages; `other` is the file that has it already. */
export const collisionProblems = {
  name: (name: string, other: string) =>
    `${quote(name)} is also the name in ${other}, and it names the stack and what is in it; choose another name`,
  resourceGroup: (name: string, other: string) =>
    `${quote(name)} is also created by ${other}; name another group, or use that one: { "existing": ${quote(name)} }`,
  dnsLabel: (label: string, other: string) =>
    `${quote(label)} is also the label in ${other}, and Azure gives it to one address of a region; choose another one`,
  publicIpAddress: (other: string) =>
    `is also the public address in ${other}, and Azure attaches an address to one gateway only; use another one`,
  account: (name: string, other: string) =>
    `${quote(name)} is also created by ${other} in the same resource group; choose another name, or use that account: its fqdn and accountId`,
  subdomain: (name: string, other: string) =>
    `${quote(name)} is also the subdomain of an account in ${other}, and it is unique across Azure; choose another one`,
  zones: (other: string) =>
    `its private DNS zones are also created by ${other} in the same resource group; use those: their ids in dnsZoneIds`,
  state: (other: string) =>
    `is also the state of ${other}: each deployment would overwrite what the other one knows; give each its own key`,
  grant: (principal: string, account: string, other: string) =>
    `${quote(principal)} is granted the role on ${account} by ${other} already, and Azure takes it once; list the principal in one of them`,
  vaultGrant: (other: string) =>
    `the identity is granted access to the vault by ${other} already, and Azure takes it once; set listener.certificate.grantAccess to false here`,
} as const;

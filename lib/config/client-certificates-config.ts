import { readFileSync } from "node:fs";
import { z } from "zod";
import { clientAuthorityProblem, MAX_CLIENT_AUTHORITIES } from "../rules/client-certificate.js";
import { DEFAULT_CHECK_REVOCATION, DEFAULT_VERIFY_ISSUER } from "../rules/defaults.js";
import { quote } from "../rules/problem.js";

/** A file of PEM text, which is read as it is checked. */
const authorityFileSchema = z
  .string()
  .describe("PEM file, relative to the working directory")
  .transform((file, ctx) => {
    const pem = readText(file);
    const problem =
      pem === undefined
        ? `${quote(file)} cannot be read; name a PEM file, relative to the working directory`
        : clientAuthorityProblem(pem);
    if (problem !== undefined)
      ctx.addIssue({ code: "custom", message: pem === undefined ? problem : `${quote(file)} ${problem}` });
    return pem ?? "";
  });

export const clientCertificatesSchema = z
  .strictObject({
    authorityFiles: z
      .array(authorityFileSchema)
      .min(1)
      .max(MAX_CLIENT_AUTHORITIES)
      .describe("Authorities that sign clients' certificates: for each, a PEM file of its root and what is below it"),
    verifyIssuer: z
      .boolean()
      .default(DEFAULT_VERIFY_ISSUER)
      .describe("Whether the issuer of a client's certificate has to be one of those in the files"),
    checkRevocation: z
      .boolean()
      .default(DEFAULT_CHECK_REVOCATION)
      .describe("Whether the authority is asked, by OCSP, if a certificate has been revoked"),
  })
  .meta({
    description: "Certificates that clients have to present on every Https listener; default: none",
    examples: [{ authorityFiles: ["ca.pem"] }],
  });

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

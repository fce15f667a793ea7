import { didYouMean, listed, type Problem, quote } from "./problem.js";

/** @see https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview */
export const TLS_POLICIES = ["AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"] as const;
/** Policies that allow TLS 1.0 or 1.1, which Azure ended in August 2025. */
const RETIRED_TLS_POLICIES = ["AppGwSslPolicy20150501", "AppGwSslPolicy20170401"];

/** The name of a predefined TLS policy; one that is newer than this list only has to be formed like one. */
export function tlsPolicyProblem(value: string): Problem {
  if (RETIRED_TLS_POLICIES.includes(value)) {
    return `${quote(value)} allows TLS 1.0 or 1.1, which Azure stopped supporting in August 2025; use "AppGwSslPolicy20220101S"`;
  }
  if (/^AppGwSslPolicy\d{8}S?$/.test(value)) return undefined;
  return `${quote(value)} is not a predefined TLS policy; use one of ${listed(TLS_POLICIES)}${didYouMean(value, TLS_POLICIES)}`;
}

export function isKnownTlsPolicy(value: string): boolean {
  return (TLS_POLICIES as readonly string[]).includes(value);
}

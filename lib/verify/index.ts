export { type AzureIdentityProps, Credential, CredentialError } from "./credential.js";
export { createInsecureFetch, type Fetch, type FetchResponse } from "./fetch.js";
export { type Percentiles } from "./percentiles.js";
export { ProgressBar, type ProgressStream } from "./progress-bar.js";
export {
  type BackendReport,
  DEFAULT_MAX_ERROR_SHARE,
  DEFAULT_SIGNIFICANCE,
  type Evenness,
  exitCodeOf,
  type Expectations,
  MIN_EXPECTED_PER_BACKEND,
  type Report,
  type Run,
} from "./report.js";
export { formatReport, formatReportAsJson } from "./report-text.js";
export { type Api, DEFAULT_API, DEFAULT_API_VERSION, type Target } from "./target.js";
export { UsageError } from "./usage-error.js";
export * from "./verify.js";

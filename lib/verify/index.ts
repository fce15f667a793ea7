export { Credential, CredentialError } from "./credential.js";
export { createInsecureFetch, type Fetch } from "./fetch.js";
export { ProgressBar, type ProgressStream } from "./progress-bar.js";
export { DEFAULT_MAX_ERROR_SHARE, DEFAULT_SIGNIFICANCE, exitCodeOf, type Expectations, type Report } from "./report.js";
export { formatReport, formatReportAsJson } from "./report-text.js";
export { type Api, DEFAULT_API, DEFAULT_API_VERSION } from "./target.js";
export { UsageError } from "./usage-error.js";
export * from "./verify.js";

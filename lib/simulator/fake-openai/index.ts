export * from "../fake-openai.js";
export { type FakeDeployment } from "./account.js";
export { type StreamFailureForm } from "./answer.js";
export { type AuthenticationProps, type Caller, createUnsignedToken } from "./authentication.js";
export {
  DEFAULT_CUT_AFTER_EVENTS,
  DEFAULT_RETRY_AFTER,
  Fault,
  type FaultAction,
  type FaultTarget,
  type InjectOptions,
  type StreamErrorFaultProps,
  type StatusFaultProps,
} from "./faults.js";
export { Latency } from "./latency.js";
export { type ListenerState } from "./listener.js";
export { type LimitState, type RateLimitState } from "./rate-limit.js";
export { LOGGED_BODY_BYTES, REDACTED, type RequestRecord } from "./request-log.js";
export { API_VERSIONS } from "./route.js";
export { type NotHeldErrors } from "./service-error.js";

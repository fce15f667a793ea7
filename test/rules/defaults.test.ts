import { addressSpaceProblem } from "../../lib/rules/cidr.js";
import * as defaults from "../../lib/rules/defaults.js";
import * as gateway from "../../lib/rules/gateway.js";
import { probePathProblem, statusCodesProblem } from "../../lib/rules/health-probe.js";
import { ACCOUNT_KINDS, ACCOUNT_SKUS } from "../../lib/rules/openai.js";
import { isKnownTlsPolicy } from "../../lib/rules/tls-policy.js";

test("every default passes its own rule", () => {
  const range = gateway.autoscaleRange({});
  expect([
    probePathProblem(defaults.DEFAULT_PROBE_PATH),
    gateway.probeIntervalProblem(defaults.DEFAULT_PROBE_INTERVAL_SECONDS),
    gateway.probeTimeoutProblem(defaults.DEFAULT_PROBE_TIMEOUT_SECONDS),
    gateway.probeTimesProblem({
      intervalSeconds: defaults.DEFAULT_PROBE_INTERVAL_SECONDS,
      timeoutSeconds: defaults.DEFAULT_PROBE_TIMEOUT_SECONDS,
    }),
    gateway.unhealthyThresholdProblem(defaults.DEFAULT_UNHEALTHY_THRESHOLD),
    ...defaults.DEFAULT_STATUS_CODES.map(statusCodesProblem),
    gateway.requestTimeoutProblem(defaults.DEFAULT_REQUEST_TIMEOUT_SECONDS),
    gateway.drainTimeoutProblem(defaults.DEFAULT_DRAIN_TIMEOUT_SECONDS),
    gateway.instanceRangeProblem(range),
    gateway.minInstancesProblem(range.min),
    gateway.maxInstancesProblem(range.max),
    ...defaults.DEFAULT_ADDRESS_SPACE.map(addressSpaceProblem),
    gateway.portProblem(defaults.DEFAULT_HTTP_PORT),
    gateway.portProblem(defaults.DEFAULT_HTTPS_PORT),
  ]).toEqual(Array.from({ length: 14 }, () => undefined));
  expect(isKnownTlsPolicy(defaults.DEFAULT_TLS_POLICY_NAME)).toBe(true);
  expect(ACCOUNT_KINDS).toContain(defaults.DEFAULT_ACCOUNT_KIND);
  expect(ACCOUNT_SKUS).toContain(defaults.DEFAULT_ACCOUNT_SKU_NAME);
});

test("a request ends before the drain window does, and no later than Azure cuts it", () => {
  expect(defaults.DEFAULT_DRAIN_TIMEOUT_SECONDS).toBeGreaterThan(defaults.DEFAULT_REQUEST_TIMEOUT_SECONDS);
  expect(defaults.DEFAULT_REQUEST_TIMEOUT_SECONDS).toBeLessThanOrEqual(gateway.PUBLIC_BACKEND_TIMEOUT_SECONDS);
});

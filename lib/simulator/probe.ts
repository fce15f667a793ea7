import * as http from "node:http";
import * as https from "node:https";
import { type Probe } from "../synthesized/gateway-model.js";

export interface ProbeResult {
  readonly healthy: boolean;
  /** In plain words, with the status or the error. */
  readonly reason: string;
}

/** What a probe asks and how long it waits. */
export interface ProbeTarget {
  readonly probe: Probe;
  readonly fqdn: string;
  /** The local server that stands for the member. */
  readonly origin: URL;
  readonly timeoutMilliseconds: number;
}

/**
 * Sends one probe on a connection of its own. Never rejects: whatever goes wrong is a failed probe.
 * https://learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview
 */
export function sendProbe(
  { probe, fqdn, origin, timeoutMilliseconds }: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const host = probe.host.from === "setting" ? probe.host.hostName : fqdn;
  const send = origin.protocol === "https:" ? https.get : http.get;
  return new Promise<ProbeResult>((resolve) => {
    const request = send({
      hostname: origin.hostname,
      port: origin.port,
      path: probe.path,
      headers: { host },
      agent: false,
      servername: host,
      rejectUnauthorized: false,
      signal,
    });
    const finish = (healthy: boolean, reason: string) => {
      clearTimeout(timer);
      resolve({ healthy, reason });
      request.destroy();
    };
    const timer = setTimeout(() => finish(false, `no answer within ${probe.timeout.toString()}`), timeoutMilliseconds);
    request.on("error", (error: NodeJS.ErrnoException) => finish(false, error.code ?? error.message));
    request.on("response", (response) => {
      const status = response.statusCode ?? 0;
      const accepted = probe.statusCodes.some(({ from, to }) => status >= from && status <= to);
      if (!accepted || probe.body === undefined) {
        finish(accepted, `status ${status}`);
        return;
      }
      const wanted = probe.body;
      let body = "";
      response.setEncoding("utf8");
      response.on("error", (error) => finish(false, error.message));
      response.on("data", (text: string) => {
        body = (body + text).slice(0, MATCHED_CHARACTERS);
      });
      response.on("end", () => {
        const found = body.includes(wanted);
        finish(found, `status ${status}, body ${found ? "matches" : "does not match"}`);
      });
    });
    // A path or host name that no request can carry is thrown back at once.
  }).catch((error: Error) => ({ healthy: false, reason: error.message }));
}

/** Azure's limit of what a body match can look for; more of the body is not kept. */
const MATCHED_CHARACTERS = 64 * 1_024;

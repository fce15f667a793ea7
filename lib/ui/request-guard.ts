import { timingSafeEqual } from "node:crypto";
import { type IncomingMessage } from "node:http";

export interface Refusal {
  readonly status: 403 | 415;
  readonly message: string;
}

/**
 * Whether a request may come from the page itself, so that no other page in the developer's browser can drive or read the
 * simulator: the Host header has to be the local address (against DNS rebinding), the path has to begin with the secret
 * that was printed in the terminal, and whatever acts or streams has to come from this very origin (against CSRF).
 */
export function refusalOf(request: IncomingMessage, port: number, secret: string): Refusal | undefined {
  const { host = "", origin, "sec-fetch-site": site, "content-type": type = "" } = request.headers;
  if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(host)) return forbidden("this host name is not served");
  const [, given = "", rest = ""] = /^\/([^/?]*)\/?(.*)$/.exec(request.url ?? "") ?? [];
  if (!equal(given, secret)) return forbidden("open the address that aoai-lb has printed");
  if (request.method === "GET" && rest === "") return undefined;
  const isForeign = (origin !== undefined && origin !== `http://${host}`) || (site !== undefined && site !== SAME);
  if (isForeign || (request.method === "POST" && origin === undefined)) return forbidden("not from this page");
  if (request.method === "POST" && !/^application\/json\b/.test(type)) {
    return { status: 415, message: "the body is JSON" };
  }
  return undefined;
}

const SAME = "same-origin";

function forbidden(message: string): Refusal {
  return { status: 403, message };
}

/** In a time that does not tell how much of it is right. */
function equal(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

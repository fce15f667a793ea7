import * as http from "node:http";
import * as https from "node:https";

export interface RawRequest {
  readonly method?: string;
  /** Default: the URL's. */
  readonly path?: string;
  /** May hold `host`, which fetch would not send. */
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** PEM to trust instead of the public authorities. */
  readonly ca?: string;
}

/** One request on a connection of its own, with nothing followed, retried or decoded. */
export async function requestOver(
  url: string,
  { method = "GET", path, headers = {}, body, ca }: RawRequest = {},
): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const send = protocol === "https:" ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const request = send({ hostname, port, method, path: path ?? pathname + search, headers, agent: false, ca });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.end(body);
  });
}

/** The statuses that the gateway itself answers with. https://learn.microsoft.com/azure/application-gateway/http-response-codes */
const REASONS = {
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Not Allowed",
  408: "Request Time-out",
  413: "Request Entity Too Large",
  500: "Internal Server Error",
  502: "Bad Gateway",
  504: "Gateway Time-out",
} as const;

export type GatewayStatus = keyof typeof REASONS;

export const SERVER = "Microsoft-Azure-Application-Gateway/v2";

/** The small HTML page that Application Gateway sends with a status of its own. */
export function errorPage(status: GatewayStatus): string {
  const title = `${status} ${REASONS[status]}`;
  return [
    "<html>",
    `<head><title>${title}</title></head>`,
    "<body>",
    `<center><h1>${title}</h1></center>`,
    `<hr><center>${SERVER}</center>`,
    "</body>",
    "</html>",
    "",
  ].join("\r\n");
}

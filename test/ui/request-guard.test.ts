import { type IncomingMessage } from "node:http";
import { refusalOf } from "../../lib/ui/request-guard.js";

const PORT = 4_000;
const SECRET = "s3cret-s3cret";
const OWN = { host: `127.0.0.1:${PORT}`, origin: `http://127.0.0.1:${PORT}`, "content-type": "application/json" };

function verdict(method: string, url: string, headers: Record<string, string>): number | "served" {
  return refusalOf({ method, url, headers } as unknown as IncomingMessage, PORT, SECRET)?.status ?? "served";
}

test.each([
  ["the page, typed into the address bar", "GET", "/", { host: OWN.host, "sec-fetch-site": "none" }, "served"],
  ["the page by its other local name", "GET", "/", { host: `localhost:${PORT}` }, "served"],
  ["the page from a link on another site", "GET", "/", { host: OWN.host, "sec-fetch-site": "cross-site" }, "served"],
  ["the page under a name that DNS was made to resolve here", "GET", "/", { host: `evil.example:${PORT}` }, 403],
  ["the page under another port's name", "GET", "/", { host: "127.0.0.1:80" }, 403],
  ["no Host", "GET", "/", {}, 403],
  ["its own events", "GET", "/events", { host: OWN.host, "sec-fetch-site": "same-origin" }, "served"],
  ["events for another site", "GET", "/events", { host: OWN.host, "sec-fetch-site": "cross-site" }, 403],
  ["events for another port of this machine", "GET", "/events", { host: OWN.host, "sec-fetch-site": "same-site" }, 403],
  ["events for another origin", "GET", "/events", { host: OWN.host, origin: "https://evil.example" }, 403],
  ["its own command", "POST", "/commands", OWN, "served"],
  ["a command by its other name", "POST", "/commands", { ...OWN, host: `localhost:${PORT}` }, 403],
  ["a command without Origin", "POST", "/commands", { host: OWN.host, "content-type": "application/json" }, 403],
  ["a command from a sandboxed frame", "POST", "/commands", { ...OWN, origin: "null" }, 403],
  ["a command from another port", "POST", "/commands", { ...OWN, origin: "http://127.0.0.1:3000" }, 403],
  ["a command that a form sends", "POST", "/commands", { ...OWN, "content-type": "text/plain" }, 415],
  ["a preflight of another origin", "OPTIONS", "/commands", { ...OWN, origin: "https://evil.example" }, 403],
])("%s", (_, method, path, headers, expected) => {
  expect(verdict(method, `/${SECRET}${path}`, headers)).toBe(expected);
  expect(verdict(method, `/${SECRET.slice(1)}${path}`, headers)).toBe(403);
  expect(verdict(method, path, headers)).toBe(403);
});

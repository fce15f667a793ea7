import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedGateway } from "../lib/simulator/index.js";
import { parseGatewayModel } from "../lib/synthesized/index.js";
import { gatewayJson } from "../test/support/terraform-json.js";

export const SSE_EVENTS = 100;
export const STREAM_BYTES = 200 * 1_024 * 1_024;

const JSON_ANSWER = JSON.stringify({ object: "chat.completion", content: "x".repeat(980) });
const EVENT = `data: ${JSON.stringify({ object: "chat.completion.chunk", content: "x".repeat(120) })}\n\n`;
const CHUNK = Buffer.alloc(64 * 1_024, "x");
const FQDN = "bench.openai.azure.com";

/** The stub behind everything: 1 KB of JSON, 100 events, or 200 MB, by path. */
export async function serveBackend(): Promise<string> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    if (request.url === "/sse") void sendEvents(response);
    else if (request.url === "/stream") void sendStream(response);
    else
      response
        .writeHead(200, { "content-type": "application/json", "content-length": JSON_ANSWER.length })
        .end(JSON_ANSWER);
  };
  const server = createServer(answer);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The simulated gateway with one member, in this process. */
export async function serveGateway(backend: string): Promise<string> {
  const json = gatewayJson({ fqdns: [FQDN], probe: { interval: 30, timeout: 30 } });
  const gateway = await SimulatedGateway.create({ model: parseGatewayModel(json), backends: { [FQDN]: backend } });
  return gateway.url;
}

/** nginx, or HAProxy, as a plain reverse proxy with one worker; undefined if neither is installed. */
export async function startPlainProxy(backend: string) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "plain-proxy-"));
  const address = new URL(backend).host;
  const config = join(folder, "proxy.conf");
  const installed = (name: string) => spawnSync(name, ["-v"]).error === undefined;
  const name = ["nginx", "haproxy"].find(installed);
  if (name === undefined) return undefined;
  writeFileSync(config, name === "nginx" ? nginx(folder, port, address) : haproxy(port, address));
  const args = name === "nginx" ? ["-c", config, "-p", folder, "-e", "stderr"] : ["-f", config, "-db"];
  const child = spawn(name, args, { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return { name, url, stop: () => child.kill() };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error(`${name} does not answer at ${url}`);
}

async function sendEvents(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let event = 0; event < SSE_EVENTS; event += 1) {
    response.write(EVENT);
    // Events of their own, not one block: each takes its own turn of the event loop.
    await new Promise(setImmediate);
  }
  response.end("data: [DONE]\n\n");
}

async function sendStream(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": STREAM_BYTES });
  for (let sent = 0; sent < STREAM_BYTES; sent += CHUNK.length) {
    if (!response.write(CHUNK)) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end();
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function nginx(folder: string, port: number, address: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  return `
    daemon off; worker_processes 1; pid ${folder}/nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off; ${temporary}
      upstream backend { server ${address}; keepalive 64; }
      server {
        listen 127.0.0.1:${port};
        keepalive_requests 1000000;
        location / {
          proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
          proxy_buffering off; proxy_request_buffering off;
        }
      }
    }`;
}

function haproxy(port: number, address: string): string {
  return `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen proxy
  bind 127.0.0.1:${port}
  server backend ${address}
`;
}

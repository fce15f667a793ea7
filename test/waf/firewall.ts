import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, closeSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MODULE } from "./core-rule-set.js";
import { type Sample } from "./requests.js";

/** What the firewall said of a request. */
export interface Verdict {
  readonly status: number;
  /** Ids of the rules that matched. */
  readonly rules: readonly string[];
}

/** nginx with ModSecurity in front of a server that answers 200. */
export class Firewall {
  static async start(rules: string): Promise<Firewall> {
    const backend = createServer((incoming, answer) => void incoming.resume().once("end", () => answer.end("ok")));
    await new Promise<void>((done) => void backend.listen(0, "127.0.0.1", done));
    const folder = mkdtempSync(join(tmpdir(), "aoai-waf-"));
    const port = await freePort();
    writeFileSync(join(folder, "rules.conf"), rules);
    writeFileSync(join(folder, "nginx.conf"), nginxConf(folder, port, (backend.address() as AddressInfo).port));
    const nginx = spawn("nginx", ["-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
      stdio: "inherit",
    });
    const firewall = new Firewall(nginx, backend, folder, port);
    await firewall.ready();
    return firewall;
  }

  private read = 0;

  private constructor(
    private readonly nginx: ChildProcess,
    private readonly backend: Server,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Sends one request and reads what was logged of it; the log is written before the answer. */
  async judge({ method, url, headers, body }: Sample): Promise<Verdict> {
    const status = await new Promise<number>((done, fail) => {
      const options = {
        port: this.port,
        method,
        path: url,
        headers: { ...headers, "content-length": Buffer.byteLength(body ?? "") },
      };
      request(options, (answer) => void answer.resume().once("end", () => done(answer.statusCode ?? 0)))
        .once("error", fail)
        .end(body);
    });
    const rules = [...this.newLines().matchAll(/\[id "(\d+)"\]/g)].map(([, id = ""]) => id);
    return { status, rules: [...new Set(rules)].filter((id) => !id.startsWith("949") && !id.startsWith("980")) };
  }

  async stop(): Promise<void> {
    const gone = new Promise((done) => this.nginx.once("exit", done));
    this.nginx.kill();
    await gone;
    this.backend.close();
    this.backend.closeAllConnections();
    rmSync(this.folder, { recursive: true });
  }

  private newLines(): string {
    const log = openSync(join(this.folder, "error.log"), "r");
    const chunk = Buffer.alloc(1_048_576);
    const bytes = readSync(log, chunk, 0, chunk.length, this.read);
    closeSync(log);
    this.read += bytes;
    return chunk.toString("latin1", 0, bytes);
  }

  private async ready(): Promise<void> {
    const probe = { name: "", method: "GET", url: "/", headers: {}, body: undefined };
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (this.nginx.exitCode !== null) throw new Error(readFileSync(join(this.folder, "error.log"), "utf8"));
      if (await this.judge(probe).catch(() => undefined)) return;
      await sleep(50);
    }
    throw new Error("nginx does not answer");
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((done) => void socket.listen(0, "127.0.0.1", done));
  const { port } = socket.address() as AddressInfo;
  await new Promise((done) => socket.close(done));
  return port;
}

function nginxConf(folder: string, port: number, backendPort: number): string {
  return `
load_module ${MODULE};
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
events { worker_connections 256; }
http {
  access_log off;
  client_max_body_size 16m;
  client_body_buffer_size 4m;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port};
    modsecurity on;
    modsecurity_rules_file ${folder}/rules.conf;
    location / { proxy_pass http://127.0.0.1:${backendPort}; }
  }
}
`;
}

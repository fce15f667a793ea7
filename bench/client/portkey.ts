import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PROGRAM = join(__dirname, "../node_modules/@portkey-ai/gateway/build/start-server.js");

export interface Portkey {
  /** What an SDK is given as its base URL. */
  readonly url: string;
  stop(): void;
}

/** The gateway as its README starts it, `npx @portkey-ai/gateway`, without its console. */
export async function startPortkey(): Promise<Portkey> {
  const port = await freePort();
  const child = spawn(process.execPath, [PROGRAM, `--port=${port}`, "--headless"], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return { url: `${url}/v1`, stop: () => void child.kill() };
    await sleep(100);
  }
  child.kill();
  throw new Error("the Portkey gateway did not start");
}

/** Its header that says which accounts there are; each request carries it. */
export function portkeyHeaders(urls: readonly string[], mode: "loadbalance" | "fallback", deployment: string) {
  const targets = urls.map((url) => ({
    provider: "azure-openai",
    api_key: "key",
    resource_name: "account",
    deployment_id: deployment,
    api_version: "2024-10-21",
    custom_host: `${url}/openai`,
  }));
  return { "x-portkey-config": JSON.stringify({ strategy: { mode }, targets }) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

import { App } from "cdktf";
import { loadConfig } from "../lib/config/load-config.js";
import { OpenAiGatewayStack } from "../lib/stacks/openai-gateway-stack.js";

const config = loadConfig();
const app = new App({ stackTraces: false });
const begin = performance.now();
for (let n = 0; n < Number(process.argv[2]); n++) new OpenAiGatewayStack(app, `stack-${n}`, config);
app.synth();
const milliseconds = performance.now() - begin;
console.log(JSON.stringify({ milliseconds, peakMebibytes: process.resourceUsage().maxRSS / 1024 }));

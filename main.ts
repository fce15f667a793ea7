import { App } from "cdktf";
import { loadConfig } from "./lib/config/load-config.js";
import { runApp } from "./lib/stacks/run-app.js";
import { OpenAiGatewayStack } from "./lib/stacks/openai-gateway-stack.js";
import { summarize } from "./lib/stacks/summary.js";

runApp(() => {
  const config = loadConfig();
  const app = new App({ stackTraces: false });
  const stack = new OpenAiGatewayStack(app, config.name, config);
  app.synth();
  console.log(summarize(stack));
});

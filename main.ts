import { App } from "cdktf";
import { loadConfig } from "./lib/config/load-config.js";
import { reportErrors } from "./lib/stacks/report-errors.js";
import { OpenAiGatewayStack } from "./lib/stacks/openai-gateway-stack.js";
import { summarize } from "./lib/stacks/summary.js";

reportErrors(() => {
  const config = loadConfig();
  const app = new App({ stackTraces: false });
  const stack = new OpenAiGatewayStack(app, config.name, config);
  app.synth();
  console.log(summarize(stack));
});

import { runApp } from "./lib/stacks/run-app.js";
import { synthesizeConfig } from "./lib/stacks/synthesize.js";

// Configuration → stack → Terraform JSON: what `cdktf synth` and `cdktf deploy` start.
runApp(() => {
  const { summary, next } = synthesizeConfig();
  console.log(`${summary}\n${next}`);
});

import { ConfigError } from "../config/config-error.js";
import { ValidationError } from "../constructs/validation.js";

/** Runs an app. Input that is refused is printed without a stack trace, and the process exits with 1. */
export function runApp(app: () => void): void {
  // CDKTF records where each token was made. Mapped back to TypeScript, these traces would cost more than the rest of synthesis.
  process.setSourceMapsEnabled(false);
  try {
    app();
  } catch (error) {
    process.setSourceMapsEnabled(true);
    if (!(error instanceof ConfigError || error instanceof ValidationError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

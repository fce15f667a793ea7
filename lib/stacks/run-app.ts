import { ConfigError } from "../config/config-error.js";
import { ValidationError } from "../constructs/validation.js";

/** Runs an app. Input that is refused is printed without a stack trace, and the process exits with 1. */
export function runApp(app: () => void): void {
  try {
    app();
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ValidationError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

import { DefaultAzureCredential, getBearerTokenProvider } from "@azure/identity";
import { type EndpointOptions } from "aoai-kiss-lb/client";

const SCOPE = "https://cognitiveservices.azure.com/.default";

/**
 * `AZURE_OPENAI_ENDPOINTS` lists the accounts' URLs, separated by commas. With `AZURE_OPENAI_API_KEYS`, in the same
 * order, keys are used; without, the caller's Entra identity (`az login`, a managed identity, …).
 */
export function endpointsFromEnvironment(): EndpointOptions[] {
  const urls = list(process.env["AZURE_OPENAI_ENDPOINTS"]);
  const keys = list(process.env["AZURE_OPENAI_API_KEYS"]);
  if (keys.length > 0) return urls.map((url, index) => ({ url, apiKey: keys[index] }));
  const tokenProvider = getBearerTokenProvider(new DefaultAzureCredential(), SCOPE);
  return urls.map((url) => ({ url, tokenProvider }));
}

function list(text = ""): string[] {
  return text.split(",").filter((item) => item !== "");
}

/** Runs an example from the command line and prints what it returns. */
export function run(main: (endpoints: EndpointOptions[]) => Promise<string[]>): void {
  main(endpointsFromEnvironment()).then(
    (lines) => lines.forEach((line) => console.log(line)),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}

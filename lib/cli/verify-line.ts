import { type Io } from "./io.js";

/** The part of a command line that depends on the gateway. */
export interface VerifyLine {
  readonly url: string;
  readonly deployment: string;
  readonly instances: number;
  /** Options that are not for every gateway. */
  readonly more?: string;
}

/** A command that checks a gateway, as the one who reads it can call it. */
export function verifyLine({ env }: Pick<Io, "env">, { url, deployment, instances, more }: VerifyLine): string {
  const command = env["npm_lifecycle_event"] === undefined ? "aoai-lb" : "npm run aoai-lb --";
  const options = [`--deployment ${deployment}`, `--instances ${instances}`, ...(more === undefined ? [] : [more])];
  return `${command} verify ${url} ${options.join(" ")}`;
}

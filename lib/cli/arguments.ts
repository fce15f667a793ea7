import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "../verify/index.js";

/** Parses a command's arguments. @throws UsageError for an unknown option */
export function parseArguments<T extends NonNullable<ParseArgsConfig["options"]>>(
  command: string,
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: T }>> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // The first sentence names the option and what is wrong with it; it quotes no values.
    const [sentence = ""] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${sentence}: see aoai-lb ${command} --help`);
  }
}

/** @throws UsageError unless the text is a whole number within the bounds. */
export function wholeNumberOption(
  option: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(`${option} is a whole number from ${min} to ${max}; got "${text}"`);
}

/** @throws UsageError unless the text is a number within the bounds. */
export function numberOption(option: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UsageError(`${option} is a number from ${min} to ${max}; got "${text}"`);
}

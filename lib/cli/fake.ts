import { once } from "node:events";
import { FakeOpenAi, FakeOpenAiAdmin } from "../simulator/index.js";
import { UsageError } from "../verify/index.js";
import { FAKE_HELP, parseFakeArguments } from "./fake-arguments.js";
import { type Command, OK } from "./io.js";

/** `aoai-lb fake`: accounts and their admin endpoint, until Ctrl-C. */
export const fake: Command = async (args, { stdout, signal }) => {
  const parsed = parseFakeArguments(args);
  if (parsed.kind === "help") {
    stdout.write(FAKE_HELP);
    return OK;
  }
  const accounts = new Map<string, FakeOpenAi>();
  try {
    for (const options of parsed.accounts) {
      accounts.set(options.name, await listening(() => FakeOpenAi.create(options)));
    }
    await using admin = await listening(() => FakeOpenAiAdmin.create({ accounts, port: parsed.adminPort }));
    stdout.write(parsed.json ? asJson(admin, accounts) : asText(admin, accounts));
    if (!signal.aborted) await once(signal, "abort");
    return OK;
  } finally {
    await Promise.all([...accounts.values()].map((account) => account.close()));
  }
};

/** @throws UsageError for a port that is taken */
async function listening<T>(create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const reason = code === "EACCES" ? "may not be used by this user" : "is taken by another program";
    throw new UsageError(`port ${port} ${reason}: choose another one, or leave the option out for any free port`);
  }
}

function asJson({ url }: FakeOpenAiAdmin, accounts: ReadonlyMap<string, FakeOpenAi>): string {
  const list = [...accounts].map(([name, account]) => ({ name, url: account.url }));
  return `${JSON.stringify({ admin: url, accounts: list })}\n`;
}

function asText({ url: admin }: FakeOpenAiAdmin, accounts: ReadonlyMap<string, FakeOpenAi>): string {
  const width = Math.max(...[...accounts.keys()].map(({ length }) => length));
  const [first = ""] = accounts.keys();
  return [
    "Fake Azure OpenAI accounts on this machine:",
    "",
    ...[...accounts].map(([name, { url }]) => `  ${name.padEnd(width)}  ${url}`),
    "",
    `Admin endpoint: ${admin}`,
    "",
    `  curl ${admin}/accounts`,
    `  curl ${admin}/accounts/${first}/faults -d '{"fault":"throttle","times":1}'`,
    `  curl -X DELETE ${admin}/accounts/${first}/faults`,
    `  curl ${admin}/accounts/${first}/requests`,
    "",
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}

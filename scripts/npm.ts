import { execFileSync } from "node:child_process";

/** Runs npm, the one that runs this script: by its file, as Windows starts no `npm.cmd` without a shell. */
export function npm(args: readonly string[], cwd: string, stdio: "inherit" | "pipe" = "inherit"): string {
  const file = process.env["npm_execpath"];
  if (file === undefined) throw new Error("run this script by npm: npm run …");
  return execFileSync(process.execPath, [file, ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", stdio, "inherit"],
  });
}

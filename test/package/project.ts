import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npm } from "../../scripts/npm.js";

export const ROOT = join(__dirname, "../..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

/** A package as it is published. */
export function tarball(name: string): string {
  return join(ROOT, `dist/packages/${name}-${version}.tgz`);
}

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's project in a folder of its own, where nothing is installed but what it asks for. */
export class Project implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "package-"));

  /** Of a copy of some folders of the repository. */
  constructor(...templates: readonly string[]) {
    for (const template of templates) {
      cpSync(join(ROOT, template), this.folder, {
        recursive: true,
        filter: (file) => !/node_modules|cdktf\.out|package-lock/.test(file.slice(ROOT.length)),
      });
    }
  }

  /** Installs our packages beside what its package.json asks for; one that does not fit is an error, as for a user. */
  install(...packages: readonly string[]): this {
    npm(["install", "--silent", ...packages.map(tarball)], this.folder);
    return this;
  }

  /** What is installed for production, in order. */
  get installed(): readonly string[] {
    return npm(["ls", "--omit=dev", "--all", "--parseable"], this.folder, "pipe")
      .trim()
      .split("\n")
      .slice(1)
      .map((folder) => folder.slice(folder.lastIndexOf("node_modules") + "node_modules/".length))
      .sort();
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): this {
    writeFileSync(join(this.folder, file), text);
    return this;
  }

  exists(file: string): boolean {
    return existsSync(join(this.folder, file));
  }

  /** Runs Node, without what npm and a CI set for this process. */
  node(...args: readonly string[]): Result {
    return this.run(args);
  }

  /** Runs the program of an installed package, as `npx` does. */
  bin(name: string, ...args: readonly string[]): Result {
    return this.run([this.program(name), ...args]);
  }

  /** {@link bin}, with lines typed into it. */
  typeInto(name: string, args: readonly string[], input: string): Result {
    return this.run([this.program(name), ...args], input);
  }

  /** What the compiler says. */
  compile(...options: readonly string[]): string {
    return this.bin("tsc", ...options).stdout;
  }

  private program(name: string): string {
    return join(this.folder, "node_modules/.bin", name);
  }

  private run(args: readonly string[], input = ""): Result {
    const { PATH, HOME, TMPDIR } = process.env;
    const env = { PATH, HOME, TMPDIR };
    return spawnSync(process.execPath, args, { cwd: this.folder, encoding: "utf8", env, input });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

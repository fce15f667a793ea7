import { quote } from "../rules/problem.js";

/** A place in a text, both counted from 1; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where, as a JSON path: `backends[0].fqdn`; empty for the whole. */
  readonly path: string;
  /** What is wrong, the value, what is allowed, what to do. */
  readonly problem: string;
  /** Where in the file: the value, or the object that lacks it; absent for a configuration that is not from a file. */
  readonly position?: Position;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(
    readonly file: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    const [only, ...others] = problems.map(({ path, problem, position }) => ({
      position: position && `${position.line}:${position.column}`,
      text: path === "" ? problem : `${path}: ${problem}`,
    }));
    super(
      only && others.length === 0
        ? `${[file, ...(only.position ? [only.position] : [])].join(":")}: ${only.text}`
        : [
            `${file}: ${problems.length} problems`,
            ...[only, ...others].map((line) => [...(line?.position ? [line.position] : []), line?.text].join("  ")),
          ].join("\n  "),
    );
  }
}

/** Configurations of a folder that cannot be used, with everything that is wrong with each. */
export class ConfigFolderError extends ConfigError {
  constructor(
    folder: string,
    readonly errors: readonly ConfigError[],
  ) {
    super(
      folder,
      errors.flatMap(({ problems }) => problems),
    );
    this.message = errors.map(({ message }) => message).join("\n");
  }
}

/** `["backends", 0, "fqdn"]` as `backends[0].fqdn`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    if (!/^[A-Za-z_$][\w$]{0,99}$/.test(name)) return `${text}[${quote(name)}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
